"""Every screen of every role, walked key by key over a real desk: no customer's value on it, whole or in part.

What a terminal would show is read off frame by frame, at two sizes and in both languages, and hunted; also with the
lines run together, so that a value broken over two of them is found. A value that was rightly shown is found while it
is shown, and after it is hidden neither on the screen nor in anything that the application holds.
"""

from __future__ import annotations

import gc
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.desk.api.reveal import AskReveal, DecideReveal, ListGrants, RevokeGrant
from console.tui.widgets.masked import MaskedValue
from tests.leak import script
from tests.leak.canaries import Customer, Maker
from tests.leak.hostile import hostile_files, words_about
from tests.leak.hunter import Hunter
from tests.leak.seats import ROLES, Stage, staged
from tests.leak.walks import SIZES, walk, watched
from tests.support.clock import FakeClock
from tests.support.terminal import Grid, SeenApp, until


async def furnished(stage: Stage, folder: Path, customers: list[Customer]) -> None:
    """A desk on which there is something in every list."""
    first = await stage.furnish(folder, customers)
    await script.let_it_end(stage, await script.reveal(stage, first["zhangwei"].case_id))
    files = folder / "files"
    files.mkdir()
    for file in list(hostile_files(files, customers[:4]))[:12]:
        await stage.load("lina", file.path, **{"source": "来源甲", **file.more})
    for words in words_about(customers[0])[:2]:
        ask = AskReveal(
            case_id=first["zhangwei"].case_id,
            fields=(script.ADDRESS,),
            reason="letter_or_visit",
            words=words,
            minutes=5,
        )
        await stage.say("zhangwei", ask)
    await stage.end()


@pytest.mark.clause("C-5.4d-1", "C-3.6", "issue-2")
@pytest.mark.parametrize(
    ("people", "size", "language"),
    [
        pytest.param(("lina",), SIZES[0], "zh_CN", marks=pytest.mark.slow),
        pytest.param(ROLES, SIZES[0], "en", marks=pytest.mark.slow),
        pytest.param(ROLES, SIZES[1], "zh_CN", marks=pytest.mark.slow),
    ],
    ids=["few", "narrow", "wide"],
)
@pytest.mark.timeout(1200)
async def test_no_screen_of_any_role_shows_more_than_its_mask(
    tmp_path: Path, clock: FakeClock, people: tuple[str, ...], size: tuple[int, int], language: str
) -> None:
    customers = Maker(31).customers(60)
    hunter = Hunter.of(customers)
    seen: set[str] = set()
    frames: set[str] = set()
    async with staged(tmp_path / "h", clock) as stage:
        await furnished(stage, tmp_path, customers)
        for name in people:
            async with watched(stage.desk.running.line("pts/3"), name, size, language) as eye:
                seen |= await walk(eye)
                frames |= eye.frames
    hits = {(hit.field, hit.spelling) for frame in frames for hit in hunter.text(frame, "screen")}
    assert hits == set()
    assert {"queue", "case", "log", "imports", "inbox"} <= seen
    assert any("***" in frame for frame in frames), "masks were on the screen"
    assert len(frames) > 40 * len(people)


def held_by(thing: object) -> list[object]:
    """What an object holds on to, leaving out what everybody shares: modules, code, the event loop, the test itself."""
    if isinstance(thing, types.FunctionType):
        return [*(thing.__closure__ or ()), *(thing.__defaults__ or ())]
    if isinstance(thing, types.CoroutineType):
        frame = thing.cr_frame
        if frame is None or not str(frame.f_globals.get("__name__", "")).startswith("console.tui"):
            return []
        return list(frame.f_locals.values())
    if isinstance(thing, types.ModuleType | types.FrameType | types.CodeType | types.GeneratorType | type):
        return []
    return list(gc.get_referents(thing))


def foreign(thing: object) -> bool:
    """Whether it belongs to the desk behind the line, which opens values by trade, or to whoever looks on."""
    home = type(thing).__module__
    if isinstance(thing, SeenApp | Grid):
        return False
    desk = home.startswith(("console.", "access.", "masking.")) and not home.startswith(
        ("console.tui", "console.desk.api", "console.texts")
    )
    return desk or home.startswith(("asyncio", "_asyncio", "tests.", "_pytest", "pytest", "pluggy", "_contextvars"))


def texts_of(root: object) -> Iterator[str]:
    """Every text that can be reached from an object, and every run of single characters put together."""
    gc.collect()
    waiting: list[object] = [root]
    met: set[int] = set()
    while waiting:
        thing = waiting.pop()
        if id(thing) in met or foreign(thing):
            continue
        met.add(id(thing))
        if isinstance(thing, str):
            yield thing
            continue
        if isinstance(thing, bytes | bytearray):
            yield bytes(thing).decode("utf-8", "replace")
            continue
        if isinstance(thing, list | tuple) and thing:
            parts = [part if isinstance(part, str) else getattr(part, "text", None) for part in thing]
            if all(isinstance(part, str) for part in parts):
                yield "".join(map(str, parts))
        waiting += held_by(thing)


@pytest.mark.slow
@pytest.mark.clause("C-5.4d-2", "S-4.1", "issue-2")
async def test_a_value_rightly_shown_is_gone_from_screen_and_application_once_hidden(
    tmp_path: Path, clock: FakeClock
) -> None:
    customers = Maker(33).customers(9)
    hunter = Hunter.of(customers)
    async with staged(tmp_path / "h", clock) as stage:
        first = await stage.furnish(tmp_path, customers)
        case_id = first["zhangwei"].case_id
        ask = AskReveal(case_id=case_id, fields=(script.ADDRESS,), reason="letter_or_visit", minutes=10)
        asked = await stage.ask("zhangwei", ask)
        await stage.ask("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
        async with watched(stage.desk.running.line("pts/3"), "zhangwei", (120, 40), "zh_CN") as eye:
            app = eye.app
            await eye.press("enter")
            await until(app, eye.pilot, "家庭地址")
            for hide in ("x", "escape", "revoked"):
                await eye.look()
                if type(app.screen).__name__ != "CaseScreen":
                    await eye.press("enter")
                    await until(app, eye.pilot, "家庭地址")
                next(one for one in app.screen.query(MaskedValue) if one.field == "home_address").focus()
                await eye.pilot.press("u")
                await until(app, eye.pilot, "◷ ")
                assert hunter.text("".join(app.grid.text.split()), "screen"), "the hunt sees what is shown"
                assert hunter.text("\n".join(texts_of(app)), "application"), "and what is held"
                if hide == "revoked":
                    (grant,) = (await stage.ask("lina", ListGrants())).grants
                    await stage.ask("lina", RevokeGrant(grant_id=grant.grant_id))
                else:
                    await eye.pilot.press(hide)
                await until(app, eye.pilot, "◷ ", gone=True)
                await eye.look()
                assert hunter.text("".join(app.grid.text.split()), "screen") == []
                assert hunter.text("\n".join(texts_of(app)), "application") == [], hide
