"""A desk without a desk: answers the screens' calls with synthetic values, obeys orders to refuse, drops and pushes.

Plain values are made when a field is viewed and kept nowhere, so that a test may hunt for them in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from access.policy.actions import Action
from console.desk.api import (
    Call,
    DeskError,
    Done,
    Push,
    Refusal,
    calling,
    cases,
    marks,
    reveal,
    session,
    staff,
    work,
)
from console.desk.api.cases import (
    AccountView,
    CaseRow,
    CaseView,
    FieldRef,
    FieldView,
    GrantView,
    QueuePage,
    SearchReply,
    TimelineEntry,
    TimelinePage,
)
from console.desk.api.session import Me, PersonCard, Welcome
from console.desk.api.strategy import Advice
from tests.support.fake_contact import CONTACT_ACTS, ContactAnswers
from tests.support.fake_exports import EXPORT_ACTS, ExportAnswers
from tests.support.fake_files import FileAnswers
from tests.support.fake_lines import LINE_ACTS
from tests.support.fake_messages import COMPLIANCE, MESSAGE_ACTS
from tests.support.fake_notes import NOTE_ACTS, NoteAnswers
from tests.support.fake_recordings import RECORDING_ACTS
from tests.support.fake_roles import ROLE_ACTS, RoleAnswers
from tests.support.fake_scenes import SCENE_ACTS
from tests.support.fake_staff import STAFF_ACTS, StaffAnswers
from tests.support.fake_strategy import STRATEGY_ACTS, StrategyAnswers
from tests.support.fake_team import TeamAnswers

R = TypeVar("R")
NOW = 1_795_329_120_000_000  # 2026-11-22 14:32 in Shanghai
MINUTE = 60_000_000
MARK = "17041b5999189200b825fadbabfca937"
"""What every sitting at this desk shows in shades."""

AGENT = PersonCard(person_id="p1", staff_no="A0173", name="张伟", login="zhangwei", roles=("agent",), unit="一组")
SUPERVISOR = PersonCard(person_id="p2", staff_no="S0021", name="李娜", login="lina", roles=("supervisor",), unit="一组")
SECURITY = PersonCard(
    person_id="p3", staff_no="B0003", name="周凯", login="zhoukai", roles=("security_admin",), unit="总部"
)
AUDITOR = PersonCard(person_id="p4", staff_no="C0001", name="孙敏", login="sunmin", roles=("auditor",), unit="总部")
SYSTEM = PersonCard(person_id="p5", staff_no="B0001", name="Zoe", login="zoe", roles=("system_admin",), unit="HQ")
BEFORE = session.Greet | session.SignIn | session.SignInAs | staff.SignUp | staff.ConfirmSignUp
PEOPLE = (AGENT, SUPERVISOR, SECURITY, AUDITOR, SYSTEM)

_AGENT_ACTS = {
    Action.ACCOUNT_ACCESS_EXPLAIN,
    Action.ACCOUNT_ROLE_APPLY,
    Action.ACCOUNT_ROLE_LIST,
    Action.AUDIT_LOG_READ,
    Action.AUDIT_RECORD_READ,
    Action.CASE_CUSTOMER_SEARCH,
    Action.CASE_FIELD_REVEAL,
    Action.CASE_FILE_OPEN,
    Action.CASE_HOLD_ASK,
    Action.CASE_HOLD_ASK_LIFT,
    Action.CASE_HOLD_STOP,
    Action.CASE_PROMISE_MAKE,
    Action.CASE_PROMISE_WITHDRAW,
    Action.CASE_QUEUE_LIST_OWN,
    Action.CASE_RESULT_ATTEMPT,
    Action.CASE_RESULT_RECORD,
    Action.CASE_SCHEDULE_PLAN,
    Action.CASE_TIMELINE_READ,
    Action.REVEAL_GRANT_REVOKE,
    Action.REVEAL_REQUEST_ASK,
    Action.REVEAL_REQUEST_LIST_OWN,
    Action.REVEAL_REQUEST_WITHDRAW,
    Action.TEAM_COACHING_ACKNOWLEDGE,
    Action.TEAM_COACHING_READ,
    Action.TEAM_FIGURES_READ,
}
ACTS = {
    "agent": _AGENT_ACTS,
    "supervisor": _AGENT_ACTS
    | {
        Action.ACCOUNT_DELEGATION_CHANGE,
        Action.ACCOUNT_PERSON_LIST,
        Action.CASE_ASSIGNMENT_CHANGE,
        Action.CASE_FREEZE_LIFT,
        Action.CASE_FREEZE_LIST,
        Action.CASE_HOLD_CONFIRM,
        Action.CASE_HOLD_LIFT,
        Action.CASE_HOLD_LIST,
        Action.CASE_HOLD_PLACE,
        Action.CASE_QUEUE_LIST_TEAM,
        Action.IMPORT_BATCH_DRY_RUN,
        Action.IMPORT_BATCH_READ,
        Action.IMPORT_BATCH_STAGE,
        Action.IMPORT_SOURCE_PROPOSE,
        Action.IMPORT_SOURCE_READ,
        Action.REVEAL_INBOX_READ,
        Action.REVEAL_REQUEST_APPROVE,
        Action.REVEAL_REQUEST_REFUSE,
        Action.TEAM_ABSENCE_SET,
        Action.TEAM_BOARD_READ,
        Action.TEAM_COACHING_WRITE,
    },
    "security_admin": {
        Action.ACCOUNT_ACCESS_EXPLAIN,
        Action.ACCOUNT_CAMPAIGN_OPEN,
        Action.ACCOUNT_ROLE_APPLY,
        Action.ACCOUNT_ROLE_LIST,
        Action.ACCOUNT_ROLE_RECERTIFY,
        Action.ACCOUNT_ROLE_REVOKE,
        Action.CATALOGUE_FIELD_READ,
        Action.ACCOUNT_PERSON_LIST,
        Action.AUDIT_LOG_READ,
        Action.CASE_FREEZE_LIFT,
        Action.CASE_FREEZE_LIST,
        Action.HEALTH_DESK_READ,
        Action.IMPORT_BATCH_APPROVE,
        Action.IMPORT_BATCH_READ,
        Action.IMPORT_SOURCE_APPROVE,
        Action.IMPORT_SOURCE_READ,
        Action.REVEAL_GRANT_REVOKE,
        Action.REVEAL_REQUEST_SECOND,
    },
    "auditor": {
        Action.ACCOUNT_PERSON_LIST,
        Action.AUDIT_CHECKPOINT_SIGN,
        Action.AUDIT_EXPORT_TRACE,
        Action.AUDIT_LOG_READ,
        Action.AUDIT_LOG_VERIFY,
        Action.AUDIT_RECORD_READ,
        Action.HEALTH_DESK_READ,
        Action.IMPORT_BATCH_READ,
        Action.REVEAL_GRANT_REVIEW,
    },
    "compliance": {Action.REVEAL_INBOX_READ, Action.REVEAL_REQUEST_SECOND},
    "system_admin": {Action.ACCOUNT_PERSON_CREATE, Action.ACCOUNT_PERSON_LIST, Action.HEALTH_DESK_READ},
}

_ROOMS = (STAFF_ACTS, STRATEGY_ACTS, EXPORT_ACTS, CONTACT_ACTS, MESSAGE_ACTS, RECORDING_ACTS, SCENE_ACTS, LINE_ACTS)
for _room in (ROLE_ACTS, *_ROOMS):
    for _role, _acts in _room.items():
        ACTS[_role] |= _acts

_SURNAMES = "欧王李陈赵钱孙周吴郑冯卫蒋沈韩杨朱秦许何"


def row(number: int, **changes: Any) -> CaseRow:
    """The queue's row with that number."""
    states = ("broken", "new", "working", "promised", "hold")
    made: dict[str, Any] = {
        "case_id": f"case-{number}",
        "number": f"C-2026-{number:07d}",
        "name": f"{_SURNAMES[number % len(_SURNAMES)]}*",
        "days_past_due": 5 + number * 7 % 210,
        "due": 86_000 + number * 1_234_567 % 9_000_000,
        "currency": "CNY",
        "accounts": 1 + number % 3,
        "state": states[number % len(states)],
        "last_result": "",
        "next_at": NOW + (number - 2) * 30 * MINUTE if number % 2 == 0 else None,
        "assignee": "张伟",
        "why": ("broken", "new", "strategy", "reminder", "held")[number % len(states)],
        "hold": "dispute" if states[number % len(states)] == "hold" else "",
    }
    return CaseRow(**made | changes)


def secret(field: FieldRef) -> str:
    """The plain value of a field, put together only when asked for."""
    if field.name == "home_address":
        return "".join(("上海市浦东新区", "世纪大道", "1号", "2栋", f"{300 + 3}室"))
    return "-".join(("PLAIN", field.name, str(field.ordinal * 7)))


class FakeDesk(
    ContactAnswers, ExportAnswers, FileAnswers, NoteAnswers, RoleAnswers, StaffAnswers, StrategyAnswers, TeamAnswers
):
    """See the module. `calls` keeps what was asked; `answers` overrides replies by call type."""

    def __init__(self) -> None:
        self.me: Me | None = None
        self.locked = False
        self.language = "zh_CN"
        self.copies = False
        self.demo = True
        self.cases = 120
        self.calls: list[Call[Any]] = []
        self.answers: dict[type, Callable[[Any], Any]] = {}
        self.grants: list[GrantView] = []
        self.requests: list[reveal.RequestView] = []
        self.drafts: dict[tuple[str, str], str] = {}
        self.seconds = 240.0
        self.now = NOW
        self.gone = False
        self.extra_fields: tuple[FieldView, ...] = ()
        self._pushes: asyncio.Queue[Push | None] = asyncio.Queue()

    # -- the protocol -----------------------------------------------------------------------------------------------
    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """Answer at once."""
        del key
        await asyncio.sleep(0)
        if self.gone:
            raise DeskError(Refusal(code="desk.unreachable"))
        self.calls.append(request)
        before = isinstance(request, BEFORE)
        if not before and self.me is None:
            raise DeskError(Refusal(code="session.nobody"))
        if self.locked and not isinstance(
            request, session.Unlock | session.SignOut | calling.HangUp | calling.ReadOwnCall
        ):
            raise DeskError(Refusal(code="session.locked"))
        reply: R = self.answers.get(type(request), self._answer)(request)
        return reply

    async def subscribe(self) -> AsyncIterator[Push]:
        """What `push` was given."""
        while (push := await self._pushes.get()) is not None:
            yield push

    async def close(self) -> None:
        """No more pushes."""
        self._pushes.put_nowait(None)

    # -- orders -----------------------------------------------------------------------------------------------------
    def push(self, kind: str, subject: str = "") -> None:
        """Tell the screens that something changed."""
        self._pushes.put_nowait(Push(kind=kind, id=subject, version=1))

    def drop(self) -> None:
        """The line is cut."""
        self.gone = True
        self._pushes.put_nowait(None)

    def refuse(self, call: type, code: str, **more: Any) -> None:
        """Refuse that call from now on."""

        def refusing(_: object) -> None:
            raise DeskError(Refusal(code=code, **more))

        self.answers[call] = refusing

    def asked(self, call: type[Any]) -> list[Any]:
        """The calls of one type so far."""
        return [each for each in self.calls if isinstance(each, call)]

    def grant(self, *fields: FieldRef, case: str = "case-1", grant_id: str = "g1") -> GrantView:
        """Somebody approved."""
        made = GrantView(
            grant_id=grant_id,
            case_id=case,
            number="C-2026-0000001",
            staff_no="A0173",
            person="张伟",
            fields=fields,
            minutes=4,
            state="approved",
            open_by=self.now + 10 * MINUTE,
            ends_at=None,
        )
        self.grants.append(made)
        return made

    def seat(self, card: PersonCard) -> Me:
        """Sign somebody in."""
        acts = {act.value for role in card.roles for act in ACTS[role] | NOTE_ACTS.get(role, set())}
        self.locked = False
        self.me = Me(
            person_id=card.person_id,
            staff_no=card.staff_no,
            name=card.name,
            roles=card.roles,
            unit=card.unit,
            acts=tuple(sorted(acts)),
            code="K7QF2M",
            source="10.2.0.17",
            terminal="pts/4",
            language=self.language,
            zone="Asia/Shanghai",
            opened_at=self.now,
            lock_after=600,
            mark=MARK,
            copies=self.copies,
        )
        return self.me

    # -- answers ----------------------------------------------------------------------------------------------------
    def _answer(self, request: Any) -> Any:
        name = type(request).__name__
        return getattr(self, f"_{name}")(request)

    def _Greet(self, _: session.Greet) -> Welcome:  # noqa: N802 - named after the call
        return Welcome(desk="演示", profile="demo" if self.demo else "dev", people=PEOPLE if self.demo else ())

    def _SignInAs(self, request: session.SignInAs) -> Me:  # noqa: N802
        for card in (*PEOPLE, COMPLIANCE):
            if request.name in (card.login, card.staff_no, *card.roles):
                return self.seat(card)
        raise DeskError(Refusal(code="session.nobody_called", params={"name": request.name}))

    def _SignIn(self, request: session.SignIn) -> Me:  # noqa: N802
        if request.password != "right" or request.code != "123456":
            raise DeskError(Refusal(code="signin.refused", clause="Y-4.2.2", ask=("system_admin",)))
        return self._SignInAs(session.SignInAs(name=request.login))

    def _WhoAmI(self, _: session.WhoAmI) -> Me | None:  # noqa: N802
        return self.me

    def _SetLanguage(self, request: session.SetLanguage) -> Me | None:  # noqa: N802
        self.language = request.language
        return self.me

    def _NoteColours(self, _: marks.NoteColours) -> Done:  # noqa: N802
        return Done()

    def _Lock(self, _: session.Lock) -> Done:  # noqa: N802
        self.locked = True
        return Done()

    def _Unlock(self, request: session.Unlock) -> Me | None:  # noqa: N802
        if request.password not in ("", "right"):
            raise DeskError(Refusal(code="signin.refused"))
        self.locked = False
        return self.me

    def _SignOut(self, _: session.SignOut) -> Done:  # noqa: N802
        self.me = None
        return Done()

    def _ListQueue(self, request: cases.ListQueue) -> QueuePage:  # noqa: N802
        start = int(request.cursor or 0)
        stop = min(self.cases, start + request.limit)
        rows = tuple(row(number) for number in range(start + 1, stop + 1))
        return QueuePage(rows=rows, cursor=str(stop) if stop < self.cases else None)

    def _OpenCase(self, request: cases.OpenCase) -> CaseView:  # noqa: N802
        if not request.case_id.startswith(("case-", "C-")):
            raise DeskError(Refusal(code="case.not_found", clause="Y-4.2.1", ask=("supervisor",)))
        granted = {
            (field.name, field.ordinal): grant.grant_id
            for grant in self.grants
            if grant.state in ("approved", "active") and grant.case_id == request.case_id
            for field in grant.fields
        }
        fields = tuple(
            FieldView(
                name=name,
                ordinal=ordinal,
                masked=masked,
                code=code,
                tier=tier,
                grant_id=granted.get((name, ordinal)),
            )
            for name, ordinal, masked, code, tier in _FIELDS
        )
        number = int(request.case_id.rpartition("-")[2])
        return CaseView(
            row=row(number),
            fields=fields + self.extra_fields,
            accounts=(account(1), account(2)),
            grants=tuple(self.grants),
            timeline=_timeline(self.now),
            source="A 消金",
            version=1,
            advice=Advice(rule="late-large", channel="letter", interval_days=7),
        )

    def _ReadTimeline(self, request: cases.ReadTimeline) -> TimelinePage:  # noqa: N802
        entries = [entry for entry in _timeline(self.now) if not request.looks_only or entry.action == "case:file:open"]
        return TimelinePage(entries=tuple(entries), cursor=None)

    def _ExactSearch(self, request: cases.ExactSearch) -> SearchReply:  # noqa: N802
        found = (row(1),) if request.value.endswith("1") else ()
        return SearchReply(rows=found, searches_left=19)

    def _AssignCases(self, request: cases.AssignCases) -> cases.Assigned:  # noqa: N802
        return cases.Assigned(count=len(request.case_ids) or request.count)

    def _RecordResult(self, request: work.RecordResult) -> work.Recorded:  # noqa: N802
        number = int(request.case_id.rpartition("-")[2])
        return work.Recorded(version=2, next_case_id=f"case-{number + 1}" if number < self.cases else None)

    def _PlanContact(self, _: work.PlanContact) -> work.Worked:  # noqa: N802
        return work.Worked(version=2)

    def _WithdrawPromise(self, _: work.WithdrawPromise) -> work.Worked:  # noqa: N802
        return work.Worked(version=2)

    def hold(self, number: int = 1, **changes: Any) -> work.HoldView:
        """A hold on a case."""
        made: dict[str, Any] = {
            "hold_id": f"h{number}",
            "case_id": f"case-{number}",
            "number": f"C-2026-{number:07d}",
            "reason": "dispute",
            "words": "客户对利息有异议",
            "state": "asked",
            "confirmed": False,
            "placed_by": "张伟",
            "placed_at": self.now - 5 * MINUTE,
            "lift_asked_by": "",
            "may": ("confirm", "reject"),
            "version": 1,
        }
        return work.HoldView(**made | changes)

    def _PlaceHold(self, request: work.PlaceHold) -> work.HoldView:  # noqa: N802
        return self.hold(reason=request.reason)

    def _ListHolds(self, _: work.ListHolds) -> work.HoldList:  # noqa: N802
        return work.HoldList(
            holds=(self.hold(1), self.hold(2, reason="death", state="active", may=("confirm", "ask_lift")))
        )

    def _DecideHold(self, request: work.DecideHold) -> work.HoldView:  # noqa: N802
        return self.hold(state={"confirm": "active", "lift": "lifted"}.get(request.verdict, "rejected"))

    def _KeepDraft(self, request: work.KeepDraft) -> Done:  # noqa: N802
        self.drafts[request.case_id, request.kind] = request.text
        return Done()

    def _ReadDraft(self, request: work.ReadDraft) -> work.DraftView:  # noqa: N802
        text = self.drafts.get((request.case_id, request.kind), "")
        return work.DraftView(text=text, kept_at=self.now if text else None)

    def _ListFrozen(self, _: cases.ListFrozen) -> cases.FrozenList:  # noqa: N802
        return cases.FrozenList(items=(cases.Frozen(freeze_id="f1", frozen_at=self.now, tripped_by="王芳 A0188"),))

    def _LiftFreeze(self, _: cases.LiftFreeze) -> cases.FrozenList:  # noqa: N802
        return cases.FrozenList(items=())

    def _GetRevealOptions(self, _: reveal.GetRevealOptions) -> reveal.RevealOptions:  # noqa: N802
        return reveal.RevealOptions(
            options=(
                reveal.RevealOption(field=FieldRef(name="home_address"), tier="U2", max_minutes=10),
                reveal.RevealOption(field=FieldRef(name="employer_name"), tier="U2", max_minutes=10),
                reveal.RevealOption(field=FieldRef(name="id_number"), tier="U3", max_minutes=5),
                reveal.RevealOption(field=FieldRef(name="mobile"), tier="U0", max_minutes=0, why_not="tier.never"),
            ),
            reasons=("letter_or_visit", "identity_check", "other"),
            approvers=(
                reveal.Approver(staff_no="S0021", name="李娜", role="supervisor", online=True, deputy=False),
                reveal.Approver(staff_no="S0022", name="赵强", role="supervisor", online=False, deputy=True),
            ),
            quota_left=17,
            words_for=("other", "U3"),
        )

    def request(self, number: int = 7, **changes: Any) -> reveal.RequestView:
        """A request of the agent's."""
        made: dict[str, Any] = {
            "request_id": f"r{number}",
            "number": f"R-{number:08d}",
            "case_id": "case-1",
            "case_number": "C-2026-0000001",
            "fields": (FieldRef(name="home_address"),),
            "tier": "U2",
            "reason": "letter_or_visit",
            "words": "",
            "minutes": 10,
            "state": "pending",
            "asked_at": self.now - 41 * 1_000_000,
            "staff_no": "A0173",
            "person": "张伟",
        }
        return reveal.RequestView(**made | changes)

    def _AskReveal(self, request: reveal.AskReveal) -> reveal.RequestView:  # noqa: N802
        made = self.request(
            8, fields=request.fields, minutes=request.minutes, reason=request.reason, words=request.words
        )
        self.requests.append(made)
        return made

    def _WithdrawReveal(self, _: reveal.WithdrawReveal) -> reveal.RequestView:  # noqa: N802
        self.requests = [self.request(state="withdrawn")]
        return self.requests[0]

    def _ReadInbox(self, _: reveal.ReadInbox) -> reveal.Inbox:  # noqa: N802
        return reveal.Inbox(
            items=tuple(
                reveal.InboxItem(
                    request=request,
                    name="欧*",
                    stage=2 if request.tier == "U3" else 1,
                    week=4 if request.request_id == "r7" else 19,
                    team_mean=3.1,
                    same_reason=6,
                    refused_week=1,
                    flag="normal" if request.request_id == "r7" else "high",
                    instead=("blind_verify",),
                    last_view=self.now - 3000 * MINUTE,
                    second_by=("security_admin",) if request.tier == "U3" else (),
                )
                for request in self.requests
                if request.state in ("pending", "pending2")
            )
        )

    def _DecideReveal(self, request: reveal.DecideReveal) -> reveal.RequestView:  # noqa: N802
        state = "approved" if request.verdict == "approve" else "rejected"
        self.requests = [each for each in self.requests if each.request_id != request.request_id]
        return self.request(state=state)

    def _ListMyReveals(self, _: reveal.ListMyReveals) -> reveal.MyReveals:  # noqa: N802
        return reveal.MyReveals(requests=tuple(self.requests))

    def _ViewField(self, request: reveal.ViewField) -> reveal.Revealed:  # noqa: N802
        if not any(grant.grant_id == request.grant_id for grant in self.grants):
            raise DeskError(Refusal(code="grant.not_live", clause="Y-4.2.1"))
        ends = self.now + int(self.seconds * 1_000_000)
        return reveal.Revealed(field=request.field, value=secret(request.field), ends_at=ends, now=self.now)

    def _ListGrants(self, _: reveal.ListGrants) -> reveal.LiveGrants:  # noqa: N802
        return reveal.LiveGrants(grants=tuple(self.grants))

    def _RevokeGrant(self, request: reveal.RevokeGrant) -> Done:  # noqa: N802
        self.grants = [grant for grant in self.grants if grant.grant_id != request.grant_id]
        return Done()

    def _ListReviews(self, _: reveal.ListReviews) -> reveal.ReviewList:  # noqa: N802
        grant = self.grants[0] if self.grants else None
        items = (reveal.ReviewItem(request=self.request(state="approved", grant=grant), views=3),) if grant else ()
        return reveal.ReviewList(items=items)

    def _ReviewReveal(self, _: reveal.ReviewReveal) -> reveal.ReviewList:  # noqa: N802
        return reveal.ReviewList(items=())


_FIELDS = (
    ("full_name", 1, "欧*", "N1", "U2"),
    ("gender", 1, "男", "SHOW", "U0"),
    ("id_number", 1, "110***********123X", "I11", "U3"),
    ("mobile", 1, "138****5678", "P34", "U0"),
    ("mobile", 2, "139****0011", "P34", "U0"),
    ("home_address", 1, "上海市浦东新区****", "A-D", "U2"),
    ("employer_name", 1, "浦东****", "O2", "U2"),
    ("bank_card", 1, "****0412", "B4", "U3"),
    ("birth_date", 1, "@born:1980-1989", "AGE", "U2"),
    ("contact_name", 1, "@none", "NONE", "U2"),
)


def account(number: int) -> AccountView:
    """A loan."""
    return AccountView(
        account_id=f"a{number}",
        loan=f"****{number:04d}",
        product="消费分期" if number == 1 else "现金分期",
        bill_period="202610",
        currency="CNY",
        principal=1_180_000,
        interest=41_230,
        fees=None,
        due=1_248_050,
        due_bucket="",
        rate="12.0%",
        days_past_due=47,
        due_date="2026-10-06",
        last_paid=50_000,
        last_paid_on="2026-09-30",
        state="open",
    )


def _timeline(now: int) -> tuple[TimelineEntry, ...]:
    acts = ("case:file:open", "reveal:request:ask", "case:assignment:change", "import:batch:stage")
    return tuple(
        TimelineEntry(
            seq=90 - place,
            at=now - place * 1000 * MINUTE,
            action=acts[place % len(acts)],
            result="ok",
            staff_no="A0188",
            person="王芳",
        )
        for place in range(12)
    )
