"""Every screen and modal at 80×24 and wide, in both languages: nothing cut off, the mark there, no datum under it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from console.desk.api.cases import FieldRef
from console.tui.marker import FrameMarker
from console.tui.modals.base import DeskModal
from console.tui.places import PLACES, open_places
from console.tui.safe import cell_len
from console.tui.screens.base import DeskScreen, Worded
from console.tui.widgets.bars import KeyBar, TitleBar
from console.tui.widgets.rows import RowList
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.terminal import Grid, Seat, seated

SIZES = ((80, 24), (120, 40))
LANGUAGES = ("zh_CN", "en")


@dataclass(frozen=True)
class View:
    """A screen or modal and how one gets there."""

    name: str
    role: str
    keys: tuple[str, ...] = ()


VIEWS = (
    View("SignInScreen", ""),
    View("SignInScreen form", "", ("ctrl+f",)),
    View("QueueScreen", "agent"),
    View("QueueScreen team", "supervisor"),
    View("QueueScreen pool", "supervisor", ("3",)),
    View("CaseScreen", "agent", ("enter",)),
    View("CaseScreen supervisor", "supervisor", ("enter",)),
    View("AskModal", "agent", ("enter", "down", "down", "u")),
    View("LooksModal", "agent", ("enter", "w")),
    View("DetailsModal loan", "agent", ("enter", "t", "shift+tab", "enter")),
    View("DetailsModal event", "agent", ("enter", "t", "enter")),
    View("NoteForm", "agent", ("enter", "n", *"abc")),
    View("NotesScreen", "agent", ("enter", "m")),
    View("ContactForm", "agent", ("enter", "e")),
    View("VerifyForm", "agent", ("enter", "v")),
    View("ContactsScreen", "supervisor", ("ctrl+p", *"contact", "enter")),
    View("ContactsScreen own", "agent", ("ctrl+p", *"contact", "enter")),
    View("SourceForm", "supervisor", ("ctrl+p", *"contact", "enter", "a")),
    View("SearchModal", "agent", ("slash",)),
    View("SearchModal found", "agent", ("slash", "1", "enter")),
    View("HelpModal", "agent", ("question_mark",)),
    View("PaletteModal", "supervisor", ("ctrl+p",)),
    View("LockScreen", "agent", ("ctrl+l",)),
    View("AssignModal", "supervisor", ("a",)),
    View("AssignModal pool", "supervisor", ("3", "a")),
    View("InboxScreen", "supervisor", ("f3",)),
    View("ConfirmModal", "supervisor", ("f3", "a")),
    View("NarrowModal", "supervisor", ("f3", "m")),
    View("WordsModal", "supervisor", ("f3", "r")),
    View("MineScreen", "agent", ("f4",)),
    View("GrantsScreen", "supervisor", ("f6",)),
    View("ImportsScreen", "supervisor", ("f7",)),
    View("LoadFileModal", "supervisor", ("f7", "n")),
    View("ImportJobScreen", "supervisor", ("f7", "enter")),
    View("DetailsModal mapping", "supervisor", ("f7", "enter", "m")),
    View("DetailsModal fault", "supervisor", ("f7", "enter", "enter")),
    View("SourcesScreen", "supervisor", ("ctrl+p", *"sources", "enter")),
    View("SourcesScreen", "security_admin", ("ctrl+p", *"sources", "enter")),
    View("FrozenScreen", "supervisor", ("ctrl+p", *"frozen", "enter")),
    View("ReviewsScreen", "auditor", ("ctrl+p", *"reviews", "enter")),
    View("LogScreen", "auditor"),
    View("LogFilterModal", "auditor", ("f",)),
    View("VerifiedModal", "auditor", ("v",)),
    View("DetailsModal log", "auditor", ("enter",)),
    View("TeamScreen", "supervisor", ("f10",)),
    View("WallScreen", "supervisor", ("f10", "w")),
    View("AbsenceModal", "supervisor", ("f10", "a")),
    View("EndAbsenceModal", "supervisor", ("f10", "down", "a")),
    View("CoachModal", "supervisor", ("f10", "c")),
    View("DeputyModal", "supervisor", ("f10", "d")),
    View("ConfirmModal revoke", "supervisor", ("f10", "r")),
    View("RecordScreen member", "supervisor", ("f10", "enter")),
    View("FiguresScreen", "supervisor", ("f10", "g")),
    View("FiguresScreen week", "agent", ("ctrl+p", *"figures", "enter", "w", "m", "m", "m", "m")),
    View("DetailsModal figures", "supervisor", ("f10", "g", "enter")),
    View("DetailsModal peers", "agent", ("ctrl+p", *"figures", "enter", "v")),
    View("CoachingScreen", "agent", ("ctrl+p", *"coaching", "enter")),
    View("CoverScreen", "agent", ("ctrl+p", *"covered", "enter")),
    View("RecordScreen", "agent", ("ctrl+p", *"record", "enter")),
    View("CustomerModal", "auditor", ("ctrl+p", *"record", "enter", "slash")),
    View("SignUpScreen", "", ("ctrl+u",)),
    View("PeopleScreen", "system_admin"),
    View("PeopleScreen", "supervisor", ("f9",)),
    View("DetailsModal person", "system_admin", ("enter",)),
    View("AddPersonModal", "system_admin", ("n",)),
    View("AddPersonModal", "supervisor", ("f9", "n")),
    View("ConfirmModal invite", "system_admin", ("i",)),
    View("ConfirmModal invited", "system_admin", ("i", "enter")),
    View("StopModal", "system_admin", ("s",)),
    View("WordsModal reactivate", "system_admin", ("r",)),
    View("WordsModal reset", "system_admin", ("x",)),
    View("DepartModal transfer", "system_admin", ("m",)),
    View("DepartModal leave", "system_admin", ("l",)),
    View("TrainModal", "system_admin", ("g",)),
    View("AgreementModal", "system_admin", ("c",)),
    View("WordsModal filter", "system_admin", ("slash",)),
    View("OrdersScreen", "system_admin", ("o",)),
    View("OrdersScreen", "security_admin", ("f9", "o")),
    View("ConfirmModal order", "system_admin", ("o", "a")),
    View("SessionsScreen", "system_admin", ("ctrl+p", *"sessions", "enter")),
    View("ConfirmModal session", "system_admin", ("ctrl+p", *"sessions", "enter", "e")),
    View("TrainingScreen", "system_admin", ("ctrl+p", *"ledger", "enter")),
    View("ConfirmModal training", "system_admin", ("ctrl+p", *"ledger", "enter", "r")),
    View("KeysScreen", "system_admin", ("ctrl+p", *"ssh", "enter")),
    View("ConfirmModal key", "security_admin", ("ctrl+p", *"ssh", "enter", "a")),
    View("WordsModal key", "system_admin", ("ctrl+p", *"ssh", "enter", "n")),
    View("RolesScreen", "agent", ("ctrl+p", *"applications", "enter")),
    View("RolesScreen", "security_admin", ("ctrl+p", *"applications", "enter")),
    View("DetailsModal application", "security_admin", ("ctrl+p", *"applications", "enter", "down", "down", "enter")),
    View("ConfirmModal step", "security_admin", ("ctrl+p", *"applications", "enter", "a")),
    View("WordsModal step", "security_admin", ("ctrl+p", *"applications", "enter", "r")),
    View("ApplyModal", "agent", ("ctrl+p", *"applications", "enter", "n")),
    View("AccessScreen what-if", "security_admin", ("ctrl+p", *"applications", "enter", "i")),
    View("HeldRolesScreen", "security_admin", ("ctrl+p", *"held", "enter")),
    View("ConfirmModal role", "security_admin", ("ctrl+p", *"held", "enter", "x")),
    View("RecertScreen", "security_admin", ("ctrl+p", *"recertification", "enter")),
    View("AccessScreen", "agent", ("ctrl+p", *"explained", "enter")),
    View("AccessScreen fields", "agent", ("ctrl+p", *"explained", "enter", "f")),
    View("CatalogueScreen", "security_admin", ("ctrl+p", *"catalogue", "enter")),
    View("DetailsModal masks", "security_admin", ("ctrl+p", *"catalogue", "enter", "enter")),
    View("DetailsModal viewers", "security_admin", ("ctrl+p", *"catalogue", "enter", "w")),
    View("HealthScreen", "system_admin", ("ctrl+p", *"health", "enter")),
)
PALETTE = {
    "sources": "来源",
    "contact": "联系方式",
    "frozen": "冻结",
    "reviews": "抽查",
    "health": "运行",
    "sessions": "会话",
    "ledger": "培训台账",
    "figures": "业绩",
    "coaching": "辅导",
    "covered": "代管",
    "record": "我的记录",
    "applications": "角色申请",
    "held": "角色在册",
    "recertification": "权限复核",
    "explained": "权限依据",
    "catalogue": "字段目录",
    "ssh": "SSH",
}


def typed(view: View, language: str) -> tuple[str, ...]:
    """The keys, with what the palette is asked for in the language of the screen."""
    if view.keys[:1] != ("ctrl+p",) or "enter" not in view.keys or language != "zh_CN":
        return view.keys
    end = view.keys.index("enter")
    word = PALETTE.get("".join(view.keys[1:end]))
    return (view.keys[0], *word, *view.keys[end:]) if word is not None else view.keys


async def reach(seat: Seat, view: View, language: str) -> None:
    """Go to the view."""
    seat.desk.requests = [
        seat.desk.request(),
        seat.desk.request(9, tier="U3", words="客户要求寄还款确认函", reason="other"),
    ]
    seat.desk.grant(FieldRef(name="home_address"))
    for key in typed(view, language):
        await seat.press(key)
    await seat.settle()


def paint(seat: Seat, marker: FrameMarker) -> Grid:
    """The whole screen as that marker would let it out."""
    grid = Grid(seat.app.size.width, seat.app.size.height)
    grid.put(marker.frame(seat.screen._compositor.render_full_update()))
    return grid


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("view", VIEWS, ids=[f"{view.name}-{view.role}" for view in VIEWS])
async def test_whole_and_marked(view: View, size: tuple[int, int], language: str) -> None:
    async with seated(view.role, size=size, language=language) as seat:
        await reach(seat, view, language)
        screen = seat.screen
        assert isinstance(screen, Worded)
        assert type(screen).__name__ == view.name.split()[0]
        bare = paint(seat, FrameMarker())
        is_whole(seat, screen, bare.text)
        if view.role:
            is_marked(bare, paint(seat, seat.app.marker), seat.app.mark_text())


def is_whole(seat: Seat, screen: Worded, text: str) -> None:
    """Heading, person, every key and every column heading are there, none cut off."""
    for key, words in screen.shown_keys():
        assert f"{key} {words}" in text, f"{key} {words} is cut off:\n{text}"
    for bar in screen.query(KeyBar):
        assert bar.region.bottom <= seat.app.size.height
        assert bar.size.height >= len(bar.lines(bar.size.width))
    for title in screen.query(TitleBar):
        assert "…" not in title.lines(seat.app.size.width)[0][1][0]
    if isinstance(screen, DeskScreen):
        assert screen.title_text() in text
        assert seat.app.me is not None
        assert seat.app.me.staff_no in text
    if isinstance(screen, DeskModal):
        assert screen.heading() in text
        assert "╰" in text
    for rows in screen.query(RowList):
        if rows.display and rows.size.height:
            heading = "".join(segment.text for segment in rows.render_line(0))
            assert "…" not in heading, heading


def is_marked(bare: Grid, marked: Grid, mark: str) -> None:
    """The whole mark is there, in pieces all over the screen, and every cell it takes was blank with blanks beside."""
    assert mark
    assert mark in marked.text
    taken = 0
    for y, (before, after) in enumerate(zip(bare.cells, marked.cells, strict=True)):
        for x, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                taken += 1
                assert set(before[max(0, x - 2) : x + 3]) == {" "}, f"({x},{y}): {''.join(before)!r}"
    assert taken > 40


@pytest.mark.clause("S-6-18")
async def test_without_colour_state_and_cursor_are_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated() as seat:
        assert "▶ · 新案    C-2026-0000001" in seat.text
        assert "✗ 破诺" in seat.text
        assert "✓ 已连接" in seat.text
        update = seat.app.marker.frame(seat.screen._compositor.render_full_update())
        colours = {
            segment.style.color
            for line in update.strips  # type: ignore[attr-defined]
            for strip in line
            for segment in strip
            if segment.style is not None and segment.style.color is not None and not segment.style.color.is_default
        }
        assert colours == set()


@pytest.mark.clause("S-6-17")
async def test_every_place_of_every_role_opens_from_the_palette() -> None:
    reached = set()
    for role in ACTS:
        async with seated(role, size=(120, 40)) as seat:
            assert seat.app.me is not None
            held = seat.app.me.acts
            for place in open_places(held):
                words = seat.app.texts.t(f"place.{place.name}")
                await seat.press("ctrl+p", *words, "enter")
                await seat.settle()
                assert type(seat.screen).__name__ == place.screen
                assert not seat.app._exception
                reached.add(place.name)
    assert reached == {place.name for place in PLACES}


Empty = Callable[[FakeDesk], Awaitable[None] | None]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_empty_lists_say_what_to_do(language: str) -> None:
    desk = FakeDesk()
    desk.cases = 0
    async with seated("supervisor", language=language, desk=desk) as seat:
        texts = seat.app.texts
        flat = seat.text.replace("\n", "").replace(" ", "")
        assert texts.t("queue.empty.team").replace(" ", "")[:12] in flat
        await seat.press("f3")
        assert texts.t("inbox.empty").replace(" ", "")[:10] in seat.text.replace(" ", "")
        await seat.press("f6")
        assert texts.t("grants.empty")[:6] in seat.text


async def test_a_resized_terminal_shows_the_case_side_by_side_or_stacked() -> None:
    async with seated(size=(120, 40)) as seat:
        await seat.press("enter")
        assert seat.screen.has_class("wide")
        await seat.pilot.resize_terminal(80, 24)
        await seat.settle()
        assert not seat.screen.has_class("wide")


def test_cells_are_measured_not_characters() -> None:
    assert cell_len("欧阳*") == 5
