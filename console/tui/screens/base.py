"""What every screen after sign-in has: its bars, its keys in words, re-reading when told, hiding when left."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker

from console.desk.api import Push
from console.texts import Texts
from console.tui.client import Client
from console.tui.widgets.bars import Foot, KeyBar, MarkBar, MessageBar, TitleBar
from console.tui.widgets.call_bar import CallBar
from console.tui.widgets.masked import MaskedValue

if TYPE_CHECKING:
    from console.desk.api.session import Me
    from console.tui.app import VeildeskApp

_DISPLAYS: Mapping[str, str] = {
    "question_mark": "?", "slash": "/", "escape": "Esc", "enter": "Enter", "space": "␣", "tab": "Tab",
}  # fmt: skip


def key_display(key: str) -> str:
    """A key as keyboards and people write it: `^P`, `F2`, `Esc`, `u`."""
    if key in _DISPLAYS:
        return _DISPLAYS[key]
    if key.startswith("ctrl+"):
        return "^" + key[5:].upper()
    return key.upper() if key[0] == "f" and key[1:].isdigit() else key


class Worded(Screen[Any]):
    """A screen or modal that speaks through the application's texts and client."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = []

    @property
    def desk_app(self) -> VeildeskApp:
        """The application."""
        return cast("VeildeskApp", self.app)

    @property
    def texts(self) -> Texts:
        """The viewer's language."""
        return self.desk_app.texts

    @property
    def client(self) -> Client:
        """The line to the desk."""
        return self.desk_app.client

    @property
    def me(self) -> Me:
        """Who is signed in.

        Raises:
            LookupError: nobody is.
        """
        if self.desk_app.me is None:
            raise LookupError("nobody is signed in")
        return self.desk_app.me

    def t(self, key: str, **params: object) -> str:
        """A text."""
        return self.texts.t(key, **params)

    def when(self, us: int | None, form: str = "short") -> str:
        """An instant in the person's zone."""
        return self.texts.when(us, self.desk_app.zone, form)

    def go(self, work: Coroutine[Any, Any, None]) -> None:
        """Run what waits for the desk; what breaks in it is reported, not fatal."""
        self.run_worker(work, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Something broke behind this screen."""
        self.desk_app.broke(event)

    def take_push(self, push: Push) -> None:
        """Something changed at the desk; most screens re-read, this one has nothing to."""

    def say(self, text: str, *, bad: bool = False) -> None:
        """Put one message where this screen shows messages."""
        for bar in self.query(MessageBar):
            bar.say(text, bad=bad)

    def forget_typed(self) -> bool:
        """The screen is covered: drop what was typed or pasted here besides in lines; whether anything was."""
        return False

    async def put_by(self) -> None:
        """The screen locks: what is typed here and kept as a draft goes to the desk, sealed, and is here no more."""

    def action_copy_text(self) -> None:
        """Nothing is ever copied."""

    def shown_keys(self) -> Iterator[tuple[str, str]]:
        """(key, words) of every binding of this screen that the person can use now; its own first."""
        bindings = self._usable()
        for system in (False, True):
            for binding in bindings:
                if binding.system is system:
                    yield binding.key_display or key_display(binding.key), self.t(binding.description)

    def own_bindings(self) -> list[Binding]:
        """Bindings of this very screen that the person can use now, for the palette."""
        return [binding for binding in self._usable() if not binding.system]

    def _usable(self) -> list[Binding]:
        """Shown bindings in the order they are written, the nearest class first."""
        usable: list[Binding] = []
        seen: set[str] = set()
        for kind in type(self).__mro__:
            for binding in kind.__dict__.get("BINDINGS", ()) if issubclass(kind, Worded) else ():
                if isinstance(binding, Binding) and binding.show and binding.key not in seen:
                    seen.add(binding.key)
                    if self.can(binding.action):
                        usable.append(binding)
        return usable

    def can(self, action: str) -> bool:
        """Whether a binding's action is open to the person on this screen now."""
        return self.check_action(action.partition("(")[0], ()) is not False


class DeskScreen(Worded):
    """A place on the desk.

    Subclasses give `TITLE` and `HELP` (text keys), `NEEDS` (binding's action → act the person must hold), `REREAD`
    (kinds of push that make it read again), `body` and `load`; `MORE` for acts that lie behind another key's question:
    the help tells their keys, the palette goes there at once, and the bar has no room for them.
    """

    TITLE: ClassVar[str]
    HELP: ClassVar[str]
    NEEDS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    REREAD: ClassVar[frozenset[str]] = frozenset()
    MORE: ClassVar[tuple[Binding, ...]] = ()
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "key.back", system=True),
        Binding("question_mark", "help", "key.help", system=True),
        Binding("ctrl+p", "app.palette", "key.palette", system=True, key_display="^P"),
        Binding("ctrl+l", "app.lock", "key.lock", system=True, key_display="^L"),
        Binding("f1", "help", show=False),
        Binding("f5", "reread", "key.reread", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._loading = False
        self._again = False
        self._stale = False
        self._language = ""

    # -- composing --------------------------------------------------------------------------------------------------
    def compose(self) -> ComposeResult:
        """The bars around the body."""
        self._language = self.texts.language
        yield TitleBar(self.t("app.name"), self.title_text(), self.desk_app.who())
        yield from self.body()
        with Foot():
            yield MessageBar()
            yield CallBar()
            yield MarkBar(self.desk_app.mark_text())
            yield KeyBar()

    def body(self) -> ComposeResult:
        """What stands between the bars."""
        raise NotImplementedError

    def title_text(self) -> str:
        """The screen's name."""
        return self.t(self.TITLE)

    async def load(self) -> None:
        """Read what the screen shows, and show it."""

    # -- life -------------------------------------------------------------------------------------------------------
    def on_mount(self) -> None:
        """First reading."""
        self.desk_app.show_call()
        self.refresh_keys()
        self.reread()

    async def on_screen_resume(self) -> None:
        """Back on top: say the time again, in the language of now, and read what changed meanwhile."""
        if self._language and self._language != self.texts.language:
            await self.retranslate()
        self.desk_app.remark()
        self.desk_app.show_call()
        if self._stale:
            self.reread()

    def on_screen_suspend(self) -> None:
        """Left, or covered: nothing plain stays."""
        self.hide_values()

    async def retranslate(self) -> None:
        """Build the screen again in another language."""
        self.hide_values()
        await self.recompose()
        self.refresh_keys()
        self.reread()

    def take_push(self, push: Push) -> None:
        """Something changed at the desk."""
        if push.kind == "session":
            self.refresh_keys()
        if push.kind in self.REREAD:
            if self.in_view:
                self.reread()
            else:
                self._stale = True

    def mark_stale(self) -> None:
        """What is shown may be old: read again when the screen is on top next."""
        self._stale = True

    @property
    def in_view(self) -> bool:
        """On top, or under modals only."""
        stack = self.app.screen_stack
        return self in stack and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])

    def reread(self) -> None:
        """Read again; readings asked for meanwhile become one."""
        self._stale = False
        if self._loading:
            self._again = True
            return
        self._loading = True
        self.go(self._read())

    async def _read(self) -> None:
        try:
            again = True
            while again:
                self._again = False
                await self.load()
                again = self._again
        finally:
            self._loading = False

    def hide_values(self) -> None:
        """Hide every plain value on this screen."""
        for masked in self.query(MaskedValue):
            masked.hide()
        self.desk_app.marker.forget()

    # -- bars -------------------------------------------------------------------------------------------------------
    def refresh_bars(self) -> None:
        """Title, person, minute and mark as they are now."""
        if self.is_mounted and self.query(TitleBar):
            app = self.desk_app
            self.query_one(TitleBar).say(title=self.title_text(), who=app.who(), note=app.note)
            self.query_one(MarkBar).say(app.mark_text())

    def refresh_keys(self) -> None:
        """Keys as they can be used now."""
        if self.query(KeyBar):
            self.query_one(KeyBar).say(self.shown_keys())

    # -- keys -------------------------------------------------------------------------------------------------------
    def more_acts(self) -> list[Binding]:
        """Of `MORE`, of every class, what the person can use now."""
        return [one for kind in type(self).__mro__ for one in kind.__dict__.get("MORE", ()) if self.can(one.action)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """A key is there when the person holds one of its acts in some scope; the desk decides again."""
        if action == "back":
            # Whatever covers this screen now: the keys may be said anew beneath a question.
            stack = self.app.screen_stack
            return self in stack and stack.index(self) > 1
        needs = self.NEEDS.get(action)
        return needs is None or (self.desk_app.me is not None and not set(needs).isdisjoint(self.me.acts))

    async def action_back(self) -> None:
        """To where one came from."""
        if len(self.app.screen_stack) > 2:  # noqa: PLR2004 - the blank base and this one
            await self.app.pop_screen()

    def action_reread(self) -> None:
        """Read again."""
        self.reread()

    def action_help(self) -> None:
        """What this screen is for and what each key does."""
        from console.tui.modals.help import HelpModal  # noqa: PLC0415 - loaded when asked for

        keys = [*self.shown_keys(), *((one.key, self.t(one.description)) for one in self.more_acts())]
        self.app.push_screen(HelpModal(self.title_text(), self.t(self.HELP), tuple(keys)))
