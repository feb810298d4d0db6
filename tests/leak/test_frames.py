"""Two desks that differ only in hidden characters paint the same frames for every masked role, cell for cell.

The same desks as in `test_non_interference`, seen from in front: everybody signs in at the real application and walks
through every screen that is theirs, and after each key the whole terminal, text and style, must be the same on both.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from console.desk.api.cases import FieldRef
from console.desk.api.reveal import AskReveal
from console.desk.imports import drop
from console.tui.places import PLACES, open_places
from tests.leak import script
from tests.leak.alike import Change, same
from tests.leak.canaries import Customer, Maker, twin
from tests.leak.frames import Frame, Keen, keenly, stand_still
from tests.leak.hostile import words_about
from tests.leak.seats import ROLES, Stage, seeded
from tests.leak.walks import SIZES

SEED = 20261123
FILE_SIZE = 60_000
CUSTOMERS = 24
KEYS = {
    "queue": ("2", "3", "down"),
    "case": ("t", "w"),
    "inbox": ("m", "escape"),
    "imports": ("down",),
    "log": ("n",),
}
"""What is pressed on a screen besides Enter."""

ONCE = frozenset(
    {
        *("access", "agencies", "catalogue", "coaching", "contact_rules", "destructions", "drop_keys", "figures"),
        *("health", "held", "keys", "lines", "loads", "numbers", "people", "phones", "recert", "roles", "sessions"),
        *("consents", "sources", "staff_orders", "strategies", "templates", "trace", "training"),
        *("calls", "cover", "interests", "listening_tasks", "live_calls", "messages", "recordings", "specials"),
        *("standing", "visits"),
    }
)
"""Places that concern colleagues and settings, and lists in which there is nothing here: one person walks them."""

STRANGER = "13912345678"
"""A number that no customer of either desk has."""

Seen = tuple[str, tuple[int, int], str]
"""Who looks, on how large a terminal, in which language."""

NARROW, WIDE = SIZES
PEOPLE: Sequence[Seen] = (
    ("zhangwei", NARROW, "zh_CN"),
    ("lina", NARROW, "en"),
    ("liuyang", WIDE, "zh_CN"),
    ("machao", NARROW, "en"),
    ("qianfang", NARROW, "zh_CN"),
    ("zhenghao", NARROW, "en"),
    ("wugang", NARROW, "zh_CN"),
    ("fengxue", NARROW, "en"),
    ("hejie", NARROW, "zh_CN"),
)
assert tuple(name for name, _, _ in PEOPLE) == ROLES

EVERYWHERE = frozenset(place.name for place in PLACES)
SCREENS = {
    *("QueueScreen", "CaseScreen", "SearchModal", "AskModal", "LooksModal", "InboxScreen", "NarrowModal"),
    *("MineScreen", "GrantsScreen", "TeamScreen", "RecordScreen", "ImportsScreen", "ImportJobScreen", "ContactsScreen"),
    *("ReviewsScreen", "FrozenScreen", "HoldsScreen", "ExportsScreen", "VisitsScreen", "SpecialsScreen", "LogScreen"),
    *("ConsentsScreen", "PeopleScreen", "HealthScreen", "DetailsModal"),
}
"""What must have been on top."""


@dataclass(slots=True)
class Walked:
    """What was painted for whom; what was asked of the desk in which order; which screens were on top; the log."""

    frames: dict[str, list[Frame]] = field(default_factory=dict)
    calls: dict[str, list[str]] = field(default_factory=dict)
    screens: set[str] = field(default_factory=set)
    events: list[str] = field(default_factory=list)


async def furnished(stage: Stage, folder: Path, customers: list[Customer]) -> None:
    """Something in every list: cases, a reveal that ended and one that waits, notes, contacts, good files and bad."""
    first = await stage.furnish(folder, customers, size=FILE_SIZE)
    mine = first["zhangwei"].case_id
    await script.let_it_end(stage, await script.reveal(stage, mine))
    await script.notes_and_contacts(stage, mine, words_about(customers[1])[:3])
    await script.consents_by_letter(stage, mine, words_about(customers[1])[:1])
    await script.later_files(stage, folder, customers, size=FILE_SIZE)
    for name in ("mobile", "employer_address"):
        ask = AskReveal(case_id=mine, fields=(FieldRef(name=name),), reason="complaint", minutes=5)
        await stage.say("zhangwei", ask)
    await stage.end()


async def walk(eye: Keen, mobiles: Sequence[str], left: set[str]) -> None:
    """Every place that is open to the person, the first row of each list, and the acts that show a customer.

    left: places to go to; what is walked once leaves it.
    """
    app = eye.app
    assert app.me is not None
    for place in open_places(app.me.acts):
        if place.name not in left:
            continue
        left -= ONCE & {place.name}
        await eye.go_to(place.name)
        if not eye.on(place.screen):
            continue
        await eye.press(*KEYS.get(place.name, ()), "enter")
        if eye.on("CaseScreen"):
            await eye.to_the_end()
            await eye.press(*KEYS["case"])
        await eye.leave_questions()
        if place.name == "queue":
            await looking_for(eye, mobiles)
        if place.name in {"queue", "mine"}:
            await eye.go_to(place.name)
            await eye.press("down", "enter")
            await asking(eye)
        if place.name == "inbox":
            await eye.press("a", "enter")
            await eye.leave_questions()


async def looking_for(eye: Keen, mobiles: Sequence[str]) -> None:
    """Exact search for nobody, and for customers by what only the desk and the person know."""
    for mobile in (STRANGER, *mobiles):
        await eye.go_to("queue")
        await eye.press("slash")
        if not eye.on("SearchModal"):
            return
        # Of the number itself nothing is looked at: it is another on each desk, and gone with Enter.
        await eye.unseen("up", "right", "down", *mobile, "enter")
        await eye.leave_questions()


async def asking(eye: Keen) -> None:
    """Ask for a field of a case."""
    if eye.on("CaseScreen"):
        await eye.to_the_end()
        if eye.to("home_address"):
            await eye.press("u", "enter")
        await eye.leave_questions()


async def walked(
    folder: Path,
    change: Change,
    monkeypatch: pytest.MonkeyPatch,
    people: Sequence[Seen] = PEOPLE,
    places: frozenset[str] = EVERYWHERE,
) -> Walked:
    """A desk whose customers were changed, as these people see it."""
    here, seen = folder / "here", Walked()
    await asyncio.to_thread(here.mkdir)
    with monkeypatch.context() as patch:
        # The digest of a lender's file stands in the log, and is of course another for another file.
        patch.setattr(drop, "digest_of", lambda _: b"\x11" * 32)
        async with seeded(here / "h", SEED, patch) as stage:
            stand_still(stage.desk.clock, patch)
            customers = [change(one) for one in Maker(SEED).customers(CUSTOMERS)]
            await furnished(stage, here, customers)
            left = set(places)
            for nth, (name, size, language) in enumerate(people):
                async with keenly(stage, name, size, language, SEED + nth) as eye:
                    await walk(eye, [one.mobiles[0] for one in customers[:1]], left)
                seen.frames[name], seen.calls[name] = eye.kept, eye.line.calls
                seen.screens |= eye.about
            seen.events = [f"{one.action} {one.object_kind} {one.detail}" for one in stage.desk.events()]
    # The next desk stands where this one stood, so that no path tells them apart.
    await asyncio.to_thread(here.rename, folder / f"was {len(list(folder.iterdir()))}")
    return seen


def differing(one: Walked, two: Walked) -> list[str]:
    """Which frames are not the same, and their first line that is not."""
    told = []
    for name, frames in one.frames.items():
        assert [each.after for each in frames] == [each.after for each in two.frames[name]], name
        for nth, (a, b) in enumerate(zip(frames, two.frames[name], strict=True)):
            lines = [(x, y) for x, y in zip(a.rows, b.rows, strict=True) if x != y]
            told += [f"{name} {nth} {a.after}\n  {x}\n  {y}" for x, y in lines[:1]]
    return told


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.clause("design-4", "issue-2", "C-5.4b", "C-5.4d-1")
async def test_frames_do_not_depend_on_what_masks_hide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await walked(tmp_path, same, monkeypatch)
    two = await walked(tmp_path, twin, monkeypatch)
    assert one.calls == two.calls
    assert one.events == two.events
    assert differing(one, two) == []
    painted = [frame for frames in one.frames.values() for frame in frames]
    assert len(painted) > 30 * len(PEOPLE)
    assert sum("***" in frame.text for frame in painted) > len(PEOPLE), "masks were on the screens"
    assert one.screens >= SCREENS


@pytest.mark.slow
@pytest.mark.clause("design-4", "issue-2")
async def test_the_comparison_of_frames_sees_one_digit_that_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(one: Customer) -> Customer:
        phone = one.mobiles[0]
        return replace(one, mobiles=(f"{phone[:-1]}{(int(phone[-1]) + 1) % 10}", one.mobiles[1]))

    people: Sequence[Seen] = (("machao", NARROW, "en"), ("zhangwei", NARROW, "zh_CN"))
    one = await walked(tmp_path, same, monkeypatch, people, frozenset({"queue"}))
    two = await walked(tmp_path, shown, monkeypatch, people, frozenset({"queue"}))
    seen = differing(one, two)
    assert any(line.startswith("zhangwei") and "CaseScreen" in line for line in seen)
    assert not any(line.startswith("machao") for line in seen), "an agency agent sees no digit of a phone"
