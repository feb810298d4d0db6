"""The story a demo desk tells without a terminal, through real calls: masked, asked, narrowed, plain, masked, verified.

Every step states what must hold and the story ends as failed where it does not, so a green run proves the promises on
this machine. People and debtors are synthetic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from console import bootstrap
from console.desk.api.base import Desk, DeskError, Refusal
from console.desk.api.cases import CaseView, FieldRef, FieldView, ListQueue, OpenCase
from console.desk.api.log import ReadLog, TakeCheckpoint, VerifyLog
from console.desk.api.reveal import (
    AskReveal,
    DecideReveal,
    GetRevealOptions,
    InboxItem,
    ReadInbox,
    RequestView,
    Revealed,
    RevokeGrant,
    ViewField,
)
from console.desk.api.session import Me, SignInAs
from console.proving import nothing, proven
from console.texts import Texts

Say = Callable[[str], None]

AGENT: Final = "zhangwei"
OTHER: Final = "wangfang"
SUPERVISOR: Final = "lina"
AUDITOR: Final = "fengxue"

_FIELDS: Final = ("home_address", "employer_name")
_REASONS: Final = ("letter_or_visit",)
_ASKED: Final = 10
_GIVEN: Final = 2
_LISTED: Final = 5
_NO_SUCH_CASE: Final = "0" * 32


class StoryBroken(Exception):
    """A promise did not hold; `code` says which step."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def expect(holds: object, code: str) -> None:
    """Go on only when it holds.

    Raises:
        StoryBroken: it does not.
    """
    if not holds:
        raise StoryBroken(code)


class Story:
    """Plays it once on a running demo desk."""

    def __init__(self, desk: bootstrap.RunningDesk, texts: Texts, say: Say) -> None:
        self._desk = desk
        self._texts = texts
        self._say = say
        self._lines: list[Desk] = []

    async def play(self) -> None:
        """Tell it from the first list to the verified log.

        Raises:
            StoryBroken: a promise did not hold.
            DeskError: a step was refused that must not be.
        """
        try:
            agent, me = await self._sit(AGENT)
            supervisor, head = await self._sit(SUPERVISOR)
            view = await self._opens(agent, me)
            request = await self._asks(agent, view)
            await self._decides(supervisor, head, request)
            await self._looks(agent, supervisor, view)
            await self._others(view)
            await self._verified()
        finally:
            for line in self._lines:
                await line.close()

    async def _sit(self, name: str) -> tuple[Desk, Me]:
        line = self._desk.line("story")
        self._lines.append(line)
        return line, await line.call(SignInAs(name=name))

    def _tell(self, key: str, **params: object) -> None:
        self._say(self._texts.t(f"story.{key}", **params))

    def _fields(self, fields: Iterable[FieldView]) -> None:
        for one in fields:
            self._say(f"    {self._texts.field(one.name, one.ordinal)}  {self._texts.mask(one.masked)}")

    async def _opens(self, agent: Desk, me: Me) -> CaseView:
        page = await agent.call(ListQueue(limit=_LISTED))
        expect(page.rows, "queue")
        self._tell("queue", person=me.name, staff_no=me.staff_no)
        for row in page.rows:
            name, late = self._texts.mask(row.name), self._texts.days(row.days_past_due)
            self._say(f"    {row.number}  {name}  {late}  {self._texts.money(row.due, row.currency)}")
        view = await agent.call(OpenCase(case_id=page.rows[0].case_id))
        self._tell("opens", case=view.row.number)
        self._fields(view.fields)
        return view

    async def _asks(self, agent: Desk, view: CaseView) -> RequestView:
        options = await agent.call(GetRevealOptions(case_id=view.row.case_id))
        open_to_ask = [one.field for one in options.options if not one.why_not and one.field.name in _FIELDS]
        expect(open_to_ask, "options")
        reason = next((one for one in _REASONS if one in options.reasons), options.reasons[0])
        request = await agent.call(
            AskReveal(
                case_id=view.row.case_id,
                fields=tuple(open_to_ask),
                reason=reason,
                words=self._texts.t("story.words"),
                minutes=_ASKED,
            )
        )
        expect(request.state == "pending", "asked")
        self._tell("asks", fields=self._names(request.fields), minutes=_ASKED, number=request.number)
        return request

    async def _decides(self, supervisor: Desk, head: Me, request: RequestView) -> None:
        item = await self._waiting(supervisor, request)
        self._tell("inbox", person=head.name, week=item.week, mean=f"{item.team_mean:.1f}")
        first = request.fields[:1]
        approve = DecideReveal(request_id=request.request_id, verdict="approve", fields=first, minutes=_GIVEN)
        decided = await proven(supervisor, approve, None, nothing)
        expect(decided.grant is not None and decided.grant.fields == first, "narrowed")
        self._tell("narrows", fields=self._names(first), minutes=_GIVEN)

    async def _waiting(self, supervisor: Desk, request: RequestView) -> InboxItem:
        for item in (await supervisor.call(ReadInbox())).items:
            if item.request.request_id == request.request_id:
                return item
        raise StoryBroken("inbox")

    async def _looks(self, agent: Desk, supervisor: Desk, view: CaseView) -> None:
        again = await agent.call(OpenCase(case_id=view.row.case_id))
        grant = next((one for one in again.grants if one.state in {"approved", "active"}), None)
        if grant is None:
            raise StoryBroken("granted")
        field = grant.fields[0]
        masked = self._masked(again, field)
        look = ViewField(case_id=view.row.case_id, grant_id=grant.grant_id, field=field)
        seen = await agent.call(look)
        expect(seen.value != self._texts.mask(masked) and seen.ends_at > seen.now, "plain")
        self._plain(seen)
        hidden = await agent.call(OpenCase(case_id=view.row.case_id))
        expect(self._masked(hidden, field) == masked, "masked_again")
        self._tell("hidden", field=self._names((field,)), masked=self._texts.mask(masked))
        await supervisor.call(RevokeGrant(grant_id=grant.grant_id))
        refused = await self._refusal(agent, look)
        self._tell("revoked", why=self._texts.refusal(refused))

    def _plain(self, seen: Revealed) -> None:
        seconds = (seen.ends_at - seen.now) // 1_000_000
        self._tell("plain", field=self._names((seen.field,)), value=seen.value, seconds=seconds)

    async def _others(self, view: CaseView) -> None:
        other, me = await self._sit(OTHER)
        another = await self._refusal(other, OpenCase(case_id=view.row.case_id))
        missing = await self._refusal(other, OpenCase(case_id=_NO_SUCH_CASE))
        expect(another == missing, "not_found")
        self._tell("other", person=me.name, why=self._texts.refusal(another))

    async def _verified(self) -> None:
        auditor, me = await self._sit(AUDITOR)
        page = await auditor.call(ReadLog(limit=12))
        self._tell("log", person=me.name)
        for one in reversed(page.entries):
            fields = ",".join(one.fields)
            line = f"    #{one.seq} {one.staff_no} {one.action} {one.result} {one.rule} {one.case_number} {fields}"
            self._say(line.rstrip())
        await auditor.call(TakeCheckpoint())
        seen = await auditor.call(VerifyLog())
        expect(seen.ok, "log")
        self._tell("verified", events=seen.events, checkpoints=seen.checkpoints)

    async def _refusal(self, line: Desk, call: ViewField | OpenCase) -> Refusal:
        try:
            await line.call(call)
        except DeskError as refused:
            return refused.refusal
        raise StoryBroken("refused")

    def _names(self, fields: Iterable[FieldRef]) -> str:
        return self._texts.t("join.list").join(self._texts.field(one.name, one.ordinal) for one in fields)

    @staticmethod
    def _masked(view: CaseView, field: FieldRef) -> str:
        for one in view.fields:
            if (one.name, one.ordinal) == (field.name, field.ordinal):
                return one.masked
        raise StoryBroken("field")
