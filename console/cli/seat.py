"""A command's seat at the desk: a line, who is on it, and how its replies are shown.

The running desk is asked first; where none runs and the profile allows it, one is hosted for the command. In a demo
desk `--as` is enough; elsewhere a command resumes with the ticket an earlier one left, or asks for password and code,
in `prod` also for the passphrase of the person's own key.
"""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import typer

from console.cli import tickets
from console.cli.exits import Exit
from console.cli.options import Options
from console.cli.output import as_json, say, tell
from console.client import attach
from console.desk.api.base import Call, Desk, DeskError, Refusal
from console.desk.api.people import ListPeople
from console.desk.api.session import Greet, IssueTicket, Me, Resume, SignIn, SignInAs
from console.home import Home
from console.proving import needs_none, proven
from console.texts import Texts

R = TypeVar("R")

_DEMO: Final = "demo"
_PROD: Final = "prod"


@dataclass(frozen=True, slots=True)
class Seat:
    """What a command works with."""

    desk: Desk
    me: Me
    home: Home
    options: Options
    texts: Texts

    async def call(self, request: Call[R]) -> R:
        """One call; asks for another one-time code where it takes one. Raises `DeskError` as the desk does."""
        return await proven(self.desk, request, None, self._ask_code)

    async def _ask_code(self, asked: Refusal, wrong: Refusal | None) -> str | None:
        """Typed without echo, or the next line of stdin; a demo desk needs none."""
        if needs_none(asked):
            return ""
        if wrong is not None:
            if not sys.stdin.isatty():
                raise DeskError(wrong)
            tell(self.texts.refusal(wrong))
        return await asyncio.to_thread(read_secret, self.texts.t("cli.code")) or None

    def show(self, value: object, lines: Iterable[str]) -> None:
        """Print a reply: as JSON when asked, else these lines."""
        say(as_json(value) if self.options.json else lines)

    def tell(self, key: str, **params: object) -> None:
        """A text for the person, on stderr."""
        tell(self.texts.t(key, **params))

    def say_fault(self, text: str) -> None:
        """One fault of a file, on stderr."""
        tell(text)

    async def person_id(self, name: str) -> str:
        """The id of a colleague by login or staff number.

        Raises:
            DeskError: `people.not_found`.
        """
        for one in (await self.call(ListPeople())).people:
            if name in {one.login, one.staff_no}:
                return one.person_id
        raise DeskError(Refusal(code="people.not_found"))


def options_of(ctx: typer.Context) -> Options:
    """The options that stand anywhere on the line."""
    said: Any = ctx.find_root().obj
    return said if isinstance(said, Options) else Options()


def home_of(options: Options) -> Home:
    """The desk's directory.

    Raises:
        typer.BadParameter: not said.
    """
    if options.home is None:
        raise typer.BadParameter("say which desk: --home DIR or VEILDESK_HOME", param_hint="--home")
    return Home(options.home.absolute())


def read_secret(prompt: str) -> str:
    """A value that must not stay on the screen or in a shell's history: typed without echo, or a line of stdin."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ")
    return sys.stdin.readline().rstrip("\r\n")


@asynccontextmanager
async def line(home: Home) -> AsyncIterator[Desk]:
    """A line to the running desk, or to one hosted here; the heavy wiring is imported only in the second case."""
    home.check()
    try:
        desk = await attach(home.socket)
    except DeskError:
        from console import bootstrap

        async with bootstrap.line(home) as hosted:
            yield hosted
        return
    try:
        yield desk
    finally:
        await desk.close()


async def sign_in(desk: Desk, home: Home, options: Options, texts: Texts) -> Me:
    """Seat the person, by the shortest way the desk allows.

    Raises:
        DeskError: refused; `cli.who`: nobody was named.
    """
    welcome = await desk.call(Greet())
    if welcome.profile == _DEMO:
        if not options.person:
            raise DeskError(Refusal(code="cli.who"))
        return await desk.call(SignInAs(name=options.person, command=True))
    kept = tickets.load(home, options.person)
    if kept:
        try:
            return await desk.call(Resume(ticket=kept))
        except DeskError:
            tickets.forget(home)
    login, me = await prove_factors(desk, home, options, texts, welcome.profile, command=True)
    ticket = await desk.call(IssueTicket())
    tickets.keep(home, login, ticket.ticket)
    return me


async def prove_factors(
    desk: Desk, home: Home, options: Options, texts: Texts, profile: str, *, command: bool
) -> tuple[str, Me]:
    """Ask for every factor that the profile wants, and sign in; the login and who it is.

    Raises:
        DeskError: refused; `cli.no_terminal`: nobody can be asked; `cli.own_key_needed`: no key was named (Y-4.2.2).
    """
    if not sys.stdin.isatty():
        raise DeskError(Refusal(code="cli.no_terminal"))
    if profile == _PROD and not options.key:
        raise DeskError(Refusal(code="cli.own_key_needed", clause="Y-4.2.2"))
    login = options.person or await asyncio.to_thread(_ask, texts.t("cli.login"))
    password = await asyncio.to_thread(getpass.getpass, f"{texts.t('cli.password')}: ")
    code = await asyncio.to_thread(getpass.getpass, f"{texts.t('cli.code')}: ")
    typed = SignIn(login=login, password=password, code=code, command=command)
    me = await (_with_key(desk, home, options.key, texts, typed) if options.key else desk.call(typed))
    return login, me


async def _with_key(desk: Desk, home: Home, where: str, texts: Texts, typed: SignIn) -> Me:
    """Sign in with three factors: the desk's challenge is signed here, with the person's own key."""
    from console import own_keys
    from console.desk.api.challenge import AskChallenge, SignInWithKey

    prompt = texts.t("cli.pin" if own_keys.is_token(where) else "cli.passphrase")
    secret = await asyncio.to_thread(getpass.getpass, f"{prompt}: ")
    with own_keys.opened(where, secret) as signer:
        given = await desk.call(AskChallenge(purpose="sign_in"))
        signature = own_keys.answer(
            signer,
            home=home.root,
            login=typed.login,
            line=given.line,
            purpose=given.purpose,
            at=given.at,
            nonce=given.nonce,
        )
    with_key = SignInWithKey(
        login=typed.login, password=typed.password, code=typed.code, signature=signature, command=typed.command
    )
    return await desk.call(with_key)


def _ask(prompt: str) -> str:
    print(f"{prompt}: ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def carry_out(ctx: typer.Context, act: Callable[[Seat], Awaitable[Exit | None]]) -> None:
    """Seat the person, do the command's work, end with its exit code.

    Raises:
        typer.Exit: with the code; errors of the desk pass through to the frame.
    """
    options = options_of(ctx)
    home = home_of(options)

    async def work() -> Exit | None:
        async with line(home) as desk:
            texts = Texts(options.language)
            me = await sign_in(desk, home, options, texts)
            if options.language is None:
                texts = Texts(me.language)
            return await act(Seat(desk=desk, me=me, home=home, options=options, texts=texts))

    raise typer.Exit(asyncio.run(work()) or Exit.DONE)
