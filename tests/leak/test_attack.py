"""A bot that guesses hidden digits by everything but the declared oracles learns nothing: 0 bits in a thousand tries.

It knows the masks and turns every knob that a masked call has: cursors of its own making, page sizes, scopes, parts of
values with every wildcard there is, ordinals and counts that are guesses. What it learns is measured on two desks that
differ in hidden digits alone: a try whose answers differ tells one bit at least; a try whose answers are the same, byte
for byte, tells none.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from console.desk.api.base import AnyCall
from console.desk.api.cases import AssignCases, CaseRow, ExactSearch, FieldRef, ListQueue, OpenCase, ReadTimeline
from console.desk.api.imports import ReadFaults
from console.desk.api.log import ReadLog
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ListMyReveals, ViewField
from console.desk.imports import drop, filling
from masking.masks import MaskCode, render
from tests.leak.canaries import Customer, Maker, twin
from tests.leak.seats import seeded

SEED = 77
ATTACKERS = ("zhangwei", "lina", "machao", "wugang", "fengxue")
FIELDS = ("mobile", "id_number", "bank_card", "home_address", "contact_phone", "full_name", "loan_number", "email")
KINDS = ("mobile", "id_number", "bank_card", "loan_number")


def parts_of_values(draw: random.Random) -> str:
    """A part of a value, spelled so that some engine might take it for a pattern."""
    digits = f"{draw.randrange(10**11):011d}"
    shape = draw.choice(
        ("{0}*", "{0}%", "%{1}", "{0}____{1}", "{0}????{1}", "{0}....{1}", "{0}****{1}", "/^{0}/", "{0}' OR '1'='1",
         "[{0}-{1}]", ">{0}{1}", "{0}..{1}", "~{0}", "!{0}{1}*", "{0}\\{1}%", "LIKE {0}%", "%{0}%{1}%")
    )  # fmt: skip
    return shape.format(digits[: draw.randrange(1, 8)], digits[-draw.randrange(1, 5) :])


def tries(count: int, rows: Sequence[CaseRow], batch_id: str) -> Iterator[tuple[str, AnyCall]]:
    """So many calls, the same for the same seed."""
    draw = random.Random(SEED)  # noqa: S311 - the same on both desks
    for _ in range(count):
        row, guess, text = draw.choice(rows), draw.randrange(10_000), parts_of_values(draw)
        field = FieldRef(name=draw.choice((*FIELDS, f"mobile#{guess}", text)), ordinal=draw.choice((1, 2, guess, -1)))
        yield (
            draw.choice(ATTACKERS),
            draw.choice(
                (
                    ListQueue(scope=draw.choice(("own", "team", "pool", text)), limit=draw.choice((1, 3, 50, -guess))),
                    ListQueue(cursor=f"{draw.choice((guess, -guess, 10**9))}.{draw.choice((row.case_id, f'{guess}'))}"),
                    ListQueue(scope="team", cursor=text),
                    ListQueue(scope="team", person_id=text, cursor=f"{row.days_past_due}.{row.case_id}"),
                    OpenCase(case_id=draw.choice((row.case_id, row.number, row.number[:-1] + "_", "C-%", text))),
                    ReadTimeline(case_id=row.case_id, before=draw.choice((guess, -1, 0)), looks_only=guess % 2 == 0),
                    ReadLog(case_number=draw.choice((row.number, "C-2026-000000_", text)), limit=guess % 120),
                    ReadLog(staff_no=draw.choice(("A0173", "A%", text)), action=draw.choice(("case:", "case:%", text))),
                    ReadLog(since=guess, until=draw.choice((guess, 2**61)), before=draw.choice((None, guess))),
                    ExactSearch(kind=draw.choice(KINDS), value=draw.choice((f"{text}*", f"%{guess}", f"?{text}"))),
                    ExactSearch(kind="case_number", value=draw.choice((row.number, f"C-2026-%{guess}", text))),
                    ExactSearch(kind=text, value=text),
                    AskReveal(case_id=row.case_id, fields=(field,), reason="other", words=text * 3, minutes=guess),
                    GetRevealOptions(case_id=draw.choice((row.case_id, text))),
                    ListMyReveals(case_id=draw.choice((row.case_id, text))),
                    ViewField(case_id=row.case_id, grant_id=f"{guess:032x}", field=field),
                    DecideReveal(request_id=f"{guess:032x}", verdict="approve", fields=(field,), minutes=guess),
                    AssignCases(assignee_id=text, case_ids=(row.case_id,), count=guess),
                    ReadFaults(batch_id=draw.choice((batch_id, text)), after=guess - 5000),
                )
            ),
        )


async def transcript(
    folder: Path, customers: list[Customer], monkeypatch: pytest.MonkeyPatch, count: int
) -> list[bytes]:
    """What the bot is told on one desk."""
    # The digest of a lender's file stands in the log, and is of course another for another file.
    monkeypatch.setattr(drop, "digest_of", lambda _: b"\x11" * 32)
    async with seeded(folder, SEED, monkeypatch) as stage:
        await stage.furnish(folder.parent, customers, size=40_000)
        rows = (await stage.ask("zhangwei", ListQueue())).rows + (await stage.ask("machao", ListQueue())).rows
        begun = len(stage.said)
        for name, call in tries(count, rows, "0" * 32):
            await stage.say(name, call)
        return [msgspec.msgpack.encode((said.what, said.data)) for said in stage.said[begun:]]


def bits(one: list[bytes], two: list[bytes]) -> int:
    """Tries that tell the two desks apart."""
    assert len(one) == len(two)
    return sum(a != b for a, b in zip(one, two, strict=True))


@pytest.mark.clause("design-4", "issue-2", "C-5.4b")
@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
async def test_guessing_without_the_oracles_tells_no_bit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None], count: int
) -> None:
    customers = Maker(SEED).customers(24)
    one = await transcript(tmp_path / "1", customers, monkeypatch, count)
    two = await transcript(tmp_path / "2", [twin(each) for each in customers], monkeypatch, count)
    answered = sum(b"refused" not in said for said in one)
    assert answered > count // 6, "the bot is answered often enough to learn something if there were something"
    assert len(set(one)) > count // 8
    record_property("bits per 1000 tries", 1000 * bits(one, two) / count)
    assert bits(one, two) == 0


@pytest.mark.slow
@pytest.mark.clause("issue-2")
async def test_the_bot_notices_a_mask_that_shows_one_character_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def generous(code: MaskCode, value: str, *, ordinal: int = 1) -> str:
        return f"{value[:2]}*" if code is MaskCode.N1 else render(code, value, ordinal=ordinal)

    monkeypatch.setattr(filling, "render", generous)
    customers = Maker(SEED).customers(24)
    one = await transcript(tmp_path / "1", customers, monkeypatch, 150)
    two = await transcript(tmp_path / "2", [twin(each) for each in customers], monkeypatch, 150)
    assert bits(one, two) > 0
