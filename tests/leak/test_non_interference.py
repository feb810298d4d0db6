"""Two desks that differ only in hidden characters answer every masked role alike, byte for byte.

Same seed: keys, ids, nonces, tickets, clock. The second lender's files hold the twins of the first one's customers:
other middles of phones, ID numbers, cards and loan numbers, other given names, streets, firms, addresses of mail, other
lengths of all of them, in the opposite order. Everybody makes every call; replies, refusals, orders, counts, cursors,
log pages, pushes and the signed root of the log must be the same. What is set aside is named in `told`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from console.desk.api.cases import ExactSearch, OpenCase
from console.desk.imports import drop
from tests.leak import script
from tests.leak.alike import Change, same, still
from tests.leak.canaries import Customer, Maker, twin
from tests.leak.hostile import words_about
from tests.leak.seats import ROLES, Stage, seeded
from tests.support.drive import JUNK

SEED = 20261122
FILE_SIZE = 60_000


def told(stage: Stage) -> list[tuple[str, bytes]]:
    """What was said, without how long it took by the wall clock, which no two runs share."""
    return [(said.what, msgspec.msgpack.encode(still(msgspec.msgpack.decode(said.data)))) for said in stage.said]


def heard(stage: Stage) -> dict[str, list[tuple[str, str]]]:
    """Pushes; an import's progress is told by the wall clock, so only whether there was any counts."""
    return {name: list(dict.fromkeys((push.kind, push.id) for push in pushes)) for name, pushes in stage.pushes.items()}


def differing(one: list[tuple[str, bytes]], two: list[tuple[str, bytes]]) -> list[str]:
    assert [name for name, _ in one] == [name for name, _ in two]
    return [f"{place} {name}" for place, ((name, a), (_, b)) in enumerate(zip(one, two, strict=True)) if a != b]


@dataclass(frozen=True, slots=True)
class Day:
    """How much of a day: customers, people who try everything, and how many kinds of junk they try."""

    count: int
    people: tuple[str, ...] = ROLES
    junk: int = len(JUNK)


SHORT = Day(count=15, people=("zhangwei", "fengxue"), junk=1)
WHOLE = Day(count=60)


async def a_day(stage: Stage, folder: Path, customers: list[Customer], day: Day) -> None:
    """All that happens on a desk."""
    first = await stage.furnish(folder, customers, size=FILE_SIZE)
    for row in first.values():
        for name in ROLES:
            await stage.say(name, OpenCase(case_id=row.case_id))
    await script.let_it_end(stage, await script.reveal(stage, first["zhangwei"].case_id))
    await script.notes_and_contacts(stage, first["zhangwei"].case_id, words_about(customers[1])[:3])
    await script.consents_by_letter(stage, first["zhangwei"].case_id, words_about(customers[1])[:1])
    await script.later_files(stage, folder, customers, size=FILE_SIZE)
    known = await script.known_to(stage, first)
    await script.try_everything(stage, replace(known, junk=JUNK[: day.junk]), day.people)
    await script.read_to_the_end(stage, day.people)
    await stage.leave("zhangwei")
    # The declared oracle, asked for what each desk truly holds: found alike, shown alike.
    for one in customers[:3]:
        for kind, value in (("mobile", one.mobiles[0]), ("id_number", one.id_number), ("bank_card", one.cards[1])):
            await stage.say("zhangwei", ExactSearch(kind=kind, value=value))
            await stage.say("hejie", ExactSearch(kind=kind, value=value))


async def desk_of(
    folder: Path, change: Change, monkeypatch: pytest.MonkeyPatch, day: Day, *, seed: int = SEED
) -> tuple[list[tuple[str, bytes]], dict[str, list[tuple[str, str]]]]:
    """One day on a desk whose customers were changed."""
    await asyncio.to_thread(folder.mkdir)
    # The digest of a lender's file stands in the log, and is of course another for another file.
    monkeypatch.setattr(drop, "digest_of", lambda _: b"\x11" * 32)
    async with seeded(folder / "h", seed, monkeypatch) as stage:
        await a_day(stage, folder, [change(one) for one in Maker(seed).customers(day.count)], day)
        return told(stage), heard(stage)


@pytest.mark.clause("design-4", "issue-2", "C-5.4b")
@pytest.mark.parametrize("day", [SHORT, pytest.param(WHOLE, marks=pytest.mark.slow)], ids=["short", "whole"])
async def test_replies_do_not_depend_on_what_masks_hide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, day: Day
) -> None:
    one, pushed = await desk_of(tmp_path / "1", same, monkeypatch, day)
    two, pushed_too = await desk_of(tmp_path / "2", twin, monkeypatch, day)
    assert len(one) > 30 * day.count
    assert sum(not name.endswith("refused") for name, _ in one) > len(one) // 8, "people do get answers"
    # A signature is made with a fresh nonce; what it signs, size and root, is in the verification as well.
    assert [name for name in differing(one, two) if not name.endswith("TakeCheckpoint")] == []
    assert pushed == pushed_too


@pytest.mark.clause("design-4", "issue-2")
@pytest.mark.slow
async def test_the_comparison_sees_one_digit_that_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(one: Customer) -> Customer:
        phone = one.mobiles[0]
        return replace(one, mobiles=(f"{phone[:-1]}{(int(phone[-1]) + 1) % 10}", one.mobiles[1]))

    one, _ = await desk_of(tmp_path / "1", same, monkeypatch, SHORT)
    two, _ = await desk_of(tmp_path / "2", shown, monkeypatch, SHORT)
    seen = {name.split(" ", 1)[1] for name in differing(one, two)}
    assert "zhangwei OpenCase" in seen
    assert "machao OpenCase" not in seen, "an agency agent sees no digit of a phone"
