"""Every call by every role, with fit and with hostile arguments: answered or refused, and each time in the log.

Nobody but a role that may see customers gets anything of one, whatever is called; nothing fails; nothing goes unlogged.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from access.audit.events import Event, decode
from access.store.schema import audit_event, audit_outbox
from console.desk import api
from console.desk.api.base import AnyCall, DeskError
from console.desk.api.cases import (
    AssignCases,
    ExactSearch,
    FieldRef,
    LiftFreeze,
    ListFrozen,
    ListQueue,
    OpenCase,
    ReadTimeline,
)
from console.desk.api.challenge import SignInWithKey
from console.desk.api.contact import ProposeRules, RecordConsent
from console.desk.api.contacts import CheckContact, ListContactChanges, ProposeContact, ProposeFound, WithdrawContact
from console.desk.api.imports import (
    ApproveImport,
    CancelImport,
    ListDropped,
    ListImports,
    ListSources,
    ProposeSource,
    ReadFaults,
    ReadImport,
    RegisterSource,
    RekeySource,
    RetireSource,
    StartImport,
)
from console.desk.api.log import ReadLog, TakeCheckpoint, VerifyLog
from console.desk.api.marks import NoteColours, TraceScreen
from console.desk.api.messages import ProposeTemplate
from console.desk.api.notes import ReadNotes, WriteNote
from console.desk.api.people import ListPeople, ReadHealth
from console.desk.api.record import ReadCustomerRecord, ReadOwnRecord, ReadTeamRecord
from console.desk.api.reveal import (
    AskReveal,
    DecideReveal,
    GetRevealOptions,
    ListGrants,
    ListMyReveals,
    ListReviews,
    ReadInbox,
    ReviewReveal,
    RevokeGrant,
    ViewField,
    WithdrawReveal,
)
from console.desk.api.session import (
    Greet,
    IssueTicket,
    Lock,
    Resume,
    SetLanguage,
    SignIn,
    SignInAs,
    SignOut,
    StepUp,
    Unlock,
    WhoAmI,
)
from console.desk.api.special import FileSpecial
from console.desk.api.strategy import ProposeStrategy
from console.desk.api.team import (
    AcknowledgeCoaching,
    ComparePeers,
    EndAbsence,
    ListAbsences,
    ListCovers,
    ReadCoaching,
    ReadFigures,
    ReadTeam,
    ReadWallboard,
    SetAbsence,
    WriteCoaching,
)
from console.desk.api.trace import TraceFragment
from console.desk.api.verify import VerifyDigits
from console.desk.api.visits import PlanVisit
from console.desk.api.work import (
    DecideHold,
    KeepDraft,
    ListHolds,
    PlaceHold,
    PlanContact,
    ReadDraft,
    RecordResult,
    WithdrawPromise,
)
from console.desk.contact.profile import shipped_lines
from console.desk.host import EmbeddedDesk
from console.fragments.packing import pack
from tests.support.calls import calling_calls, recording_calls
from tests.support.consents import agreed
from tests.support.contact_calls import contact_calls
from tests.support.desk import ROWS, WholeDesk
from tests.support.exports import asked as export_asked
from tests.support.exports import export_calls
from tests.support.message_calls import BODY, message_calls
from tests.support.privacy_calls import privacy_calls
from tests.support.role_calls import role_calls
from tests.support.scene_calls import WORDS, scene_calls
from tests.support.sending import sending_calls
from tests.support.staff_calls import staff_calls
from tests.support.strategy_calls import TEXT, strategy_calls
from watermark.fragment import Fragment

ADDRESS = FieldRef(name="home_address")
PEOPLE = (
    "zhangwei",  # the case's agent
    "wangfang",  # a colleague
    "liuyang",  # an agent of another team
    "lina",  # the team's head
    "sunli",  # another team's head
    "qianfang",  # the agency's head in the house
    "machao",  # an agency's agent
    "zhenghao",  # system admin
    "wugang",  # security admin
    "fengxue",  # auditor
    "hejie",  # compliance
)
EVERYBODY: tuple[str | None, ...] = (*PEOPLE, None)
NO_CUSTOMERS = ("zhenghao", "wugang", "fengxue", "hejie", "machao", "liuyang", "sunli", "wangfang")
PLAIN = tuple(value for row in ROWS for value in (row[0], row[1], row[2], row[3], row[8], row[9], row[10]))
MASKS = ("李*", "欧阳*", "王*", "138****8000", "1****************X")
HOSTILE: tuple[Any, ...] = (
    "",
    "\0",
    "1\x1b[2J\n",
    "１３８００１３８０００",
    "²",
    "0" * 32,
    "'; DROP TABLE person; --",
    "x" * 10_000,
    "\u202e\u200b",
    "C-2026-0000001",
)
NUMBERS = (0, -1, 1, 10**9, 2**63 - 1, -(2**63), 2**64 - 1)
LENDERS_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoEcz1UBgi0DQgAE3RiqSuwm6sQcmT8BEVxX979RE6uF"
    "te1ENpafi3cSXmoWHlhRlp2oIjNhST92+sUPbM5gAdfAuFPgGA1U1K4iIQ=="
)


@dataclass
class Scene:
    """A desk with a case, a request that waits, a grant in use, a batch, and a line for each person."""

    desk: WholeDesk
    case_id: str
    number: str
    waiting: str
    grant: str
    batch: str
    source: str
    path: str
    note: str
    change: str
    edition: str
    export: str
    rules: str
    template: str
    filing: str
    visit: str
    known: dict[str, Event] = field(default_factory=dict)
    heard: int = 0

    def calls(self) -> dict[type[AnyCall], AnyCall]:
        """One call of each kind, as somebody would make it who knows every id."""
        case_id, grant = self.case_id, self.grant
        made: tuple[AnyCall, ...] = (
            ListQueue(scope="own"),
            OpenCase(case_id=case_id),
            ReadTimeline(case_id=case_id),
            ExactSearch(kind="mobile", value="13800138000"),
            VerifyDigits(case_id=case_id, digits="100X"),
            ReadNotes(case_id=case_id),
            WriteNote(case_id=case_id, text="客户说新号码 13912345678"),
            *strategy_calls(case_id, self.desk.founded.persons, self.edition),
            *contact_calls(case_id, self.desk.clock.now_us(), self.rules),
            *calling_calls(case_id, self.desk.founded.persons["chenjing"]),
            *privacy_calls(case_id),
            *message_calls(self.template),
            *recording_calls("0" * 32, self.number),
            *sending_calls(case_id, self.template),
            *scene_calls(case_id, self.filing, self.visit),
            *export_calls(self.export, self.number, self.desk.founded.persons),
            ListContactChanges(),
            ProposeContact(case_id=case_id, field="mobile", value="13912345678", lawful_source="customer"),
            ProposeFound(note_id=self.note, place=0),
            CheckContact(change_id=self.change, accept=True, lawful_source="customer", seen_version=1),
            WithdrawContact(change_id=self.change),
            ListFrozen(),
            LiftFreeze(freeze_id="0" * 32),
            AssignCases(assignee_id=self.desk.founded.persons["wangfang"], case_ids=(case_id,)),
            ListSources(),
            ListImports(),
            ReadImport(job_id=self.batch),
            ReadFaults(batch_id=self.batch),
            CancelImport(job_id=self.batch),
            ApproveImport(batch_id=self.batch, approve=True),
            ProposeSource(name="乙消金"),
            RegisterSource(source_id=self.source),
            RekeySource(source_id=self.source, public_key=LENDERS_KEY),
            RetireSource(source_id=self.source),
            ListDropped(),
            StartImport(path=self.path, source="甲消金", dry_run=True),
            ReadLog(),
            VerifyLog(),
            TakeCheckpoint(),
            TraceFragment(packed=pack(Fragment([["C-2026-0000001", "欧阳*", "1**************X"]]))[0]),
            TraceScreen(readings=(bytes(range(254)),), digest="0" * 64),
            NoteColours(colours="fewer"),
            ListPeople(),
            ReadHealth(),
            GetRevealOptions(case_id=case_id),
            AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10),
            ListMyReveals(),
            ReadInbox(),
            ListGrants(),
            ListReviews(),
            ViewField(case_id=case_id, grant_id=grant, field=ADDRESS),
            WithdrawReveal(request_id=self.waiting),
            DecideReveal(request_id=self.waiting, verdict="refuse", reason="not needed today"),
            ReviewReveal(grant_id=grant, verdict="justified"),
            RevokeGrant(grant_id=grant),
            RecordResult(case_id=case_id, version=2, code="no_answer", note="明天再打 13800138000"),
            PlanContact(case_id=case_id, version=2, next_at=None),
            WithdrawPromise(case_id=case_id, version=2, promise_id="0" * 32, reason="mistake"),
            KeepDraft(case_id=case_id, kind="note", text="13800138000"),
            ReadDraft(case_id=case_id, kind="note"),
            ListHolds(),
            PlaceHold(case_id=case_id, reason="illness", words="13800138000"),
            DecideHold(hold_id="0" * 32, verdict="confirm", version=1),
            ReadTeam(),
            ReadWallboard(),
            ListAbsences(),
            ListCovers(),
            SetAbsence(person_id=self.desk.founded.persons["chenjing"], first_day="2030-01-01", last_day="2030-01-02"),
            EndAbsence(absence_id="0" * 32, seen_version=1),
            ReadCoaching(),
            WriteCoaching(person_id=self.desk.founded.persons["zhangwei"], text="先核验再谈还款", case=case_id),
            AcknowledgeCoaching(note_id="0" * 32),
            ReadFigures(),
            ComparePeers(),
            ReadOwnRecord(),
            ReadTeamRecord(),
            ReadCustomerRecord(kind="case_number", value=self.number, reason="complaint", reference="TS-2026-1"),
            *staff_calls(self.desk.founded.persons, self.desk.founded.units),
            *role_calls(self.desk.founded.persons, self.desk.founded.units),
            Greet(),
            WhoAmI(),
            SetLanguage(language="en"),
            IssueTicket(),
            Lock(),
            Unlock(password="", code=""),
            StepUp(code=""),
            SignOut(),
            SignIn(login="zhangwei", password="wrong", code="000000"),
            SignInAs(name="fengxue"),
            Resume(ticket="00" * 80),
        )
        return {type(call): call for call in made}

    def events(self) -> dict[str, Event]:
        """Everything committed, by id; what was read before is not read again, so that a long log costs nothing."""
        with self.desk.running.parts.store.engine.connect() as connection:
            rows = connection.execute(
                select(audit_event.c.seq, audit_event.c.event_id, audit_event.c.body).where(
                    audit_event.c.seq > self.heard
                )
            ).all()
            waiting = connection.execute(select(audit_outbox.c.event_id, audit_outbox.c.body)).all()
        self.heard = max((row.seq for row in rows), default=self.heard)
        for row in (*rows, *waiting):
            if row.event_id not in self.known:
                self.known[row.event_id] = decode(bytes(row.body))
        return dict(self.known)


async def scene(desk: WholeDesk, folder: Path) -> Scene:
    """Set it."""
    rows = await desk.with_cases(folder)
    case_id = rows[1].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    decided = await desk.call(
        "lina", DecideReveal(request_id=(await desk.call("zhangwei", ask)).request_id, verdict="approve")
    )
    assert decided.grant is not None
    await desk.call("zhangwei", ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS))
    waiting = await desk.call("zhangwei", ask)
    note = await desk.call("zhangwei", WriteNote(case_id=case_id, text="客户说新号码 13912345678"))
    change = await desk.call("zhangwei", ProposeFound(note_id=note.note_id, place=0))
    proposal = await desk.call("lina", ProposeStrategy(lines=TEXT))
    assert proposal.edition is not None
    export = await desk.call("lina", export_asked())
    rules = await desk.call("lina", ProposeRules(lines=shipped_lines("us-reg-f")))
    assert rules.edition is not None
    template = await desk.call("lina", ProposeTemplate(code="due", title="到期提醒", body=BODY))
    assert template.template is not None
    filing = await desk.call(
        "zhangwei", FileSpecial(case_id=case_id, field=FieldRef(name="mobile"), scenario="disaster", words=WORDS)
    )
    visit = await planned(desk, case_id)
    batch = (await desk.call("lina", ListImports())).imports[0].job_id
    source = (await desk.call("lina", ListSources())).sources[0].source_id
    return Scene(
        desk, case_id, rows[1].number, waiting.request_id, decided.grant.grant_id, batch, source,
        str(folder / "cases.csv"), note.note_id, change.change_id, proposal.edition.strategy_id, export.export_id,
        rules.edition.edition_id,
        template.template.template_id, filing.filing_id, visit,
    )  # fmt: skip


async def planned(desk: WholeDesk, case_id: str) -> str:
    """A visit to which the customer agreed and nobody else yet."""
    await agreed(
        desk,
        RecordConsent(
            case_id=case_id,
            means="visit",
            from_minute=540,
            until_minute=1080,
            expires_at=desk.clock.now_us() + 3 * 86_400_000_000,
            evidence="letter",
            reference="LETTER-visit",
        ),
    )
    call = PlanVisit(
        case_id=case_id,
        field=ADDRESS,
        day="2026-11-21",
        from_minute=600,
        until_minute=660,
        visitors=("A0173", "A0174"),
    )
    return (await desk.call("zhangwei", call)).visit_id


async def outcome(line: EmbeddedDesk, call: AnyCall) -> object:
    """The reply, or the refusal."""
    try:
        return await line.call(call)
    except DeskError as error:
        return error.refusal


def logged(before: dict[str, Event], after: dict[str, Event], person_id: str | None) -> list[Event]:
    """What came into the log meanwhile in this person's name."""
    return [event for key, event in after.items() if key not in before and event.person_id == person_id]


async def test_the_scene_knows_every_call(desk: WholeDesk, tmp_path: Path) -> None:
    assert set((await scene(desk, tmp_path)).calls()) == set(api.calls())


@pytest.mark.clause("C-5.4f", "Y-4.3.1")
@pytest.mark.parametrize("names", [EVERYBODY[:4], EVERYBODY[4:8], EVERYBODY[8:]], ids=["some", "others", "rest"])
async def test_every_call_of_every_role_is_answered_or_refused_and_logged(
    any_desk: WholeDesk, tmp_path: Path, names: tuple[str | None, ...]
) -> None:
    at = await scene(any_desk, tmp_path)
    for name in names:
        person_id = any_desk.founded.persons[name] if name else None
        for call in at.calls().values():
            line = any_desk.running.line("pts/7")
            if name:
                await line.call(SignInAs(name=name))
            before = at.events()
            got = await outcome(line, call)
            found = logged(before, at.events(), person_id)
            who = (name, type(call).__name__)
            refused = got.code if isinstance(got, api.Refusal) else ""
            assert refused not in {"desk.failed", "access.event_refused", "desk.unlogged"}, (*who, got)
            if isinstance(call, SignInAs | SignIn | SignInWithKey):
                # Taking another's seat is logged in that person's name.
                found = [one for key, one in at.events().items() if key not in before]
            assert found, (*who, got)
            if refused:
                assert any(one.result == "refused" and one.rule for one in found), (*who, got, found)
            else:
                assert any(one.result == "ok" for one in found), (*who, found)
            await line.close()


@pytest.mark.clause("C-5.4d-1", "Y-4.2.1")
async def test_nobody_outside_gets_anything_of_a_customer_by_any_call(desk: WholeDesk, tmp_path: Path) -> None:
    at = await scene(desk, tmp_path)
    for name in NO_CUSTOMERS:
        for call in at.calls().values():
            line = desk.running.line("pts/7")
            await line.call(SignInAs(name=name))
            shown = repr(await outcome(line, call))
            leaked = [value for value in (*PLAIN, *MASKS) if value in shown and value != "王芳"]
            assert not leaked, (name, type(call).__name__, leaked)
            await line.close()


def kinds(annotation: object) -> set[type]:
    """The plain types that a field may hold."""
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return {kind for part in typing.get_args(annotation) for kind in kinds(part)}
    return {annotation} if isinstance(annotation, type) else set()


def twisted(call: AnyCall) -> Iterator[AnyCall]:
    """The call with each of its texts and numbers replaced by something hostile, one at a time."""
    for part in msgspec.structs.fields(type(call)):
        held = kinds(part.type)
        values = HOSTILE if str in held else NUMBERS if int in held else ()
        for value in values:
            yield msgspec.structs.replace(call, **{part.encode_name: value})
        if part.type is FieldRef:
            for ref in refs():
                yield msgspec.structs.replace(call, **{part.encode_name: ref})
        elif part.encode_name == "fields":
            for ref in refs():
                yield msgspec.structs.replace(call, fields=(ref, ref))


def refs() -> Iterator[FieldRef]:
    """References that nobody should be able to use."""
    for name in (*HOSTILE, "mobile", "cvv", "password", "home_address#2", "home_address,full_name", "full_name"):
        yield FieldRef(name=name)
    for ordinal in NUMBERS:
        yield FieldRef(name="home_address", ordinal=ordinal)


@pytest.mark.slow
@pytest.mark.clause("C-5.4f", "C-5.4d-2")
@pytest.mark.parametrize("name", ["zhangwei", "lina", "fengxue"])
async def test_hostile_arguments_are_refused_cleanly_and_logged(any_desk: WholeDesk, tmp_path: Path, name: str) -> None:
    at = await scene(any_desk, tmp_path)
    line = any_desk.running.line("pts/7")
    await line.call(SignInAs(name=name))
    count = len(at.events())
    for call in at.calls().values():
        if isinstance(call, StartImport | Lock | SignOut | SignInAs):
            continue
        for attempt in twisted(call):
            got = await outcome(line, attempt)
            code = got.code if isinstance(got, api.Refusal) else "answered"
            assert code not in {"desk.failed", "access.event_refused", "session.ended"}, (name, attempt, code)
            more = len(at.events())
            assert more > count, (name, attempt, code)
            count = more
    await line.close()
