"""What the people of a desk do all day, as one script: rightful and unlawful calls, later files, reveals, the log.

Every step goes through `Stage.say`, so that each answer is kept. Nothing here knows a hidden value but the files that
lenders send and, where told so, one exact search of a customer's own number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from console.desk.api.cases import AssignCases, CaseRow, FieldRef, ListFrozen, ListQueue, OpenCase, ReadTimeline
from console.desk.api.consents import ListConsents
from console.desk.api.contact import ConfirmConsent, RecordConsent, RefuseConsent
from console.desk.api.contacts import CheckContact, ContactFiled, ListContactChanges, ProposeFound
from console.desk.api.imports import ApproveImport, ListImports, ListSources, ReadFaults
from console.desk.api.log import ReadLog, TakeCheckpoint, VerifyLog
from console.desk.api.notes import ReadNotes, WriteNote
from console.desk.api.reveal import (
    AskReveal,
    DecideReveal,
    GetRevealOptions,
    ListGrants,
    ListMyReveals,
    ListReviews,
    ReadInbox,
    Revealed,
    ViewField,
)
from console.desk.api.verify import VerifyDigits
from console.wire import decode_reply
from tests.leak.canaries import HEADERS, PADDING, Customer, Loan, all_rows, write
from tests.leak.seats import ROLES, Stage
from tests.support.drive import Known, attempts

ADDRESS: Final = FieldRef(name="home_address")
REPAYMENTS: Final = ("借据号", "账单期", "还款金额", "还款日期", "流水号")
RECALLS: Final = ("借据号", "账单期", "撤案原因")
SCOPES: Final = ("own", "team", "pool")


@dataclass(frozen=True, slots=True)
class Approved:
    """A reveal that was approved: what to look at, and what was seen."""

    case_id: str
    request_id: str
    grant_id: str
    view: ViewField
    seen: str


async def known_to(stage: Stage, first: dict[str, CaseRow], **more: Sequence[str]) -> Known:
    """Ids and numbers that an insider could have got hold of."""
    batches = (await stage.ask("lina", ListImports())).imports
    sources = (await stage.ask("lina", ListSources())).sources
    return Known(
        case_ids=[row.case_id for row in first.values()] + [row.number for row in first.values()],
        person_ids=list(stage.desk.founded.persons.values()),
        batch_ids=[one.batch_id or "" for one in batches],
        job_ids=[one.job_id for one in batches],
        source_ids=[one.source_id for one in sources],
        **more,  # type: ignore[arg-type]
    )


async def try_everything(stage: Stage, known: Known, people: Sequence[str] = ROLES) -> None:
    """Every call there is, by everybody."""
    for name in people:
        for call in attempts(known):
            await stage.say(name, call)
        await stage.leave(name)


async def reveal(stage: Stage, case_id: str, agent: str = "zhangwei", head: str = "lina") -> Approved:
    """Ask, look into the inbox, approve less, look at one value in clear."""
    await stage.ask(agent, GetRevealOptions(case_id=case_id))
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", words="寄送还款确认函", minutes=10)
    asked = await stage.ask(agent, ask)
    for name in ROLES:
        await stage.say(name, ReadInbox())
    decided = await stage.ask(head, DecideReveal(request_id=asked.request_id, verdict="approve", minutes=5))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    line = await stage.line(agent)
    # The only reply that may carry a value: kept out of what was said.
    seen = decode_reply(view, await line.encoded(view, "the-one-view"))
    assert isinstance(seen, Revealed)
    for name in ROLES:
        await stage.say(name, ListGrants())
        await stage.say(name, ListReviews())
        if name != agent:
            await stage.say(name, view)
    await stage.say(agent, ListMyReveals(case_id=case_id))
    await stage.say(agent, OpenCase(case_id=case_id))
    return Approved(case_id, asked.request_id, view.grant_id, view, seen.value)


async def let_it_end(stage: Stage, approved: Approved, agent: str = "zhangwei") -> None:
    """The minutes run out; what was shown is not shown again."""
    stage.desk.clock.advance(6 * 60)
    await stage.desk.beat()
    await stage.say(agent, approved.view)
    assert stage.said[-1].refused
    await stage.say(agent, ReadTimeline(case_id=approved.case_id, looks_only=True))


async def notes_and_contacts(
    stage: Stage, case_id: str, words: Sequence[str], agent: str = "zhangwei", head: str = "lina"
) -> None:
    """Write what customers say, read it, make contact data of it, have them checked, verify a guess."""
    written = [await stage.ask(agent, WriteNote(case_id=case_id, text=each)) for each in words]
    filed: list[ContactFiled] = []
    for note in written:
        for datum in note.found:
            await stage.say(agent, ProposeFound(note_id=note.note_id, place=datum.place))
            if not stage.said[-1].refused:
                call = ProposeFound(note_id=note.note_id, place=datum.place, field=datum.fields[-1])
                filed.append(await stage.ask(agent, call))
    assert filed
    for name in ROLES:
        await stage.say(name, ReadNotes(case_id=case_id))
        await stage.say(name, ListContactChanges())
        await stage.say(name, ListContactChanges(scope="mine"))
    for nth, one in enumerate(filed):
        more = {"lawful_source": "customer"} if nth % 3 else {"reason": words[0]}
        check = CheckContact(change_id=one.change_id, accept=bool(nth % 3), seen_version=one.version, **more)
        await stage.ask(head, check)
    for name in ROLES:
        await stage.say(name, OpenCase(case_id=case_id))
        await stage.say(name, ListContactChanges(scope="mine"))
    await stage.say(agent, VerifyDigits(case_id=case_id, digits="00000X"))


async def consents_by_letter(
    stage: Stage, case_id: str, words: Sequence[str], agent: str = "zhangwei", head: str = "lina"
) -> None:
    """Three by letter: one confirmed, one refused with what customers say, one that waits; everybody looks."""
    kept = []
    for nth in range(3):
        call = RecordConsent(
            case_id=case_id,
            means="call",
            from_minute=22 * 60,
            until_minute=23 * 60,
            expires_at=stage.desk.clock.now_us() + 86_400_000_000,
            evidence="letter",
            reference=f"LETTER-{nth}",
        )
        kept.append(await stage.ask(agent, call))
    await stage.ask(head, ConfirmConsent(consent_id=kept[0].consent_id, version=kept[0].version))
    await stage.ask(head, RefuseConsent(consent_id=kept[1].consent_id, version=kept[1].version, reason=words[0]))
    for name in ROLES:
        await stage.say(name, ListConsents())
        await stage.say(name, ListConsents(scope="mine"))


async def read_to_the_end(stage: Stage, people: Sequence[str] = ROLES) -> None:
    """Every page of every list, in pages of several sizes."""
    for name in people:
        for scope in SCOPES:
            for limit, most in ((7, 6), (50, 100)):
                cursor: str | None = None
                for _ in range(most):
                    call = ListQueue(scope=scope, limit=limit, cursor=cursor)
                    data = await stage.say(name, call)
                    cursor = None if stage.said[-1].refused else decode_reply(call, data).cursor
                    if cursor is None:
                        break
        before: int | None = None
        while True:
            log = ReadLog(before=before, limit=100)
            data = await stage.say(name, log)
            before = None if stage.said[-1].refused else decode_reply(log, data).cursor
            if before is None:
                break
        await stage.say(name, ListImports())
        await stage.say(name, ListFrozen())
        await stage.say(name, VerifyLog())
    await stage.say("fengxue", TakeCheckpoint())


async def later_files(stage: Stage, folder: Path, customers: Sequence[Customer], *, size: int = 0) -> None:
    """The lender writes again: figures move, loans are added, paid, taken back; some files are bad or only tried."""
    mine = customers[::3]
    dropped = {"dropped": (PADDING,)} if size else {}

    def file(name: str, rows: Sequence[Sequence[str]], headers: Sequence[str] = HEADERS) -> Path:
        return write(folder / name, rows, headers, size=size)

    again = [replace(one, loans=(*one.loans, _another_loan(one.loans[0], nth))) for nth, one in enumerate(mine)]
    loans = [loan for one in mine for loan in one.loans]
    money = [[loan.number, loan.period, "100.00", "2026-11-18", f"LS{nth:08d}"] for nth, loan in enumerate(loans)]
    recalls = [[loan.number, loan.period, "债权转让"] for loan in loans[::5]]
    stranger = [[*row[:2], "11010519491231002X", *row[3:]] for row in all_rows(mine[:4])]
    broken = [[*row[:4], row[4] + "7", *row[5:]] for row in all_rows(mine[4:8])]
    for name, rows, headers, more in (
        ("again.csv", all_rows(again), HEADERS, {"dry_run": True}),
        ("again.csv", all_rows(again), HEADERS, {}),
        ("stranger.csv", stranger, HEADERS, {}),
        ("stranger.csv", stranger, HEADERS, {"accept_good": True}),
        ("broken.csv", broken, HEADERS, {"accept_good": True}),
        ("paid.csv", money, REPAYMENTS, {"kind": "repayments", "dry_run": True}),
        ("paid.csv", money, REPAYMENTS, {"kind": "repayments"}),
        ("paid.csv", money, REPAYMENTS, {"kind": "repayments", "accept_good": True}),
        ("recalled.csv", recalls, RECALLS, {"kind": "recalls"}),
    ):
        await stage.load("lina", file(name, rows, headers), source="来源甲", **more, **dropped)
        (folder / name).unlink()
    for batch in (await stage.ask("lina", ListImports())).imports:
        for who in ("lina", "sunli", "wugang", "fengxue"):
            await stage.say(who, ReadFaults(batch_id=batch.batch_id or ""))
    await stage.say("wugang", ApproveImport(batch_id="0" * 32, approve=True))
    await stage.say("lina", AssignCases(assignee_id=stage.desk.founded.persons["wangfang"], count=5))
    await asyncio.sleep(0)


def _another_loan(loan: Loan, nth: int) -> Loan:
    return Loan(f"{loan.number[:-5]}9{nth:04d}", "202610", "1234.50", 33)
