"""`veildesk init`: make a desk's home, keys and schema, and its first three admins, who are three people."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from access.people.public_keys import PublicKey
    from console.home import Home
    from console.texts import Texts
    from masking.keys import Waiver

_POSTS: Final = (("system_admin", "E0001"), ("security_admin", "E0002"), ("auditor", "E0003"))
# No letters and digits that are mistaken for each other when copied from a screen.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_PASSWORD_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Admin:
    """Who is to hold an admin role."""

    role: str
    login: str
    name: str
    staff_no: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What one of them is handed, once: first password, and the seed of the one-time code in base 32."""

    admin: Admin
    password: str = field(repr=False)
    seed: str = field(repr=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("init", epilog=EVERYWHERE)(init)


def _admin(said: str, role: str, staff_no: str, texts: Texts) -> Admin:
    """`login:name[:staff number]`, or asked for."""
    import sys

    if not said and sys.stdin.isatty():
        said = typer.prompt(texts.t("cli.init.admin", role=texts.t(f"role.{role}")), err=True)
    login, _, rest = said.partition(":")
    name, _, number = rest.partition(":")
    if not (login and name):
        raise typer.BadParameter("LOGIN:NAME or LOGIN:NAME:STAFFNO", param_hint=f"--{role.replace('_', '-')}")
    return Admin(role, login, name, number or staff_no)


def _waiver(until: str, by: list[str]) -> Waiver | None:
    from masking.keys import Waiver

    if not until and not by:
        return None
    try:
        day = dt.date.fromisoformat(until)
    except ValueError as fault:
        raise typer.BadParameter("YYYY-MM-DD", param_hint="--waiver-until") from fault
    if len(by) != len(("first", "second")) or by[0] == by[1]:
        raise typer.BadParameter("two different people", param_hint="--waiver-by")
    return Waiver(until=day, persons=(by[0], by[1]))


def _keys(said: list[str], logins: set[str]) -> dict[str, PublicKey]:
    """`LOGIN=FILE`, each for one of the three."""
    from pathlib import Path

    from access.people.public_keys import KeyRefused, parse

    found: dict[str, PublicKey] = {}
    for one in said:
        login, _, name = one.partition("=")
        try:
            found[login] = parse(Path(name).read_text("utf-8"))
        except (OSError, ValueError, KeyRefused) as fault:
            raise typer.BadParameter(f"LOGIN=FILE.pub: {name}", param_hint="--ssh-key") from fault
    if not set(found) <= logins or len({key.blob for key in found.values()}) < len(said):
        raise typer.BadParameter("one key for each of the three", param_hint="--ssh-key")
    return found


def _key_until(said: str) -> int:
    """First instant after that day, microseconds UTC."""
    if not said:
        return 0
    from access.people.possession import LONGEST_WAIVER

    try:
        day = dt.date.fromisoformat(said)
    except ValueError as fault:
        raise typer.BadParameter("YYYY-MM-DD", param_hint="--plain-keys-until") from fault
    if not 0 <= (day - dt.datetime.now(dt.UTC).date()).days <= LONGEST_WAIVER:
        raise typer.BadParameter(f"≤ {LONGEST_WAIVER} d", param_hint="--plain-keys-until")
    after = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), dt.UTC)
    return int(after.timestamp()) * 1_000_000


def init(
    ctx: typer.Context,
    db: Annotated[str, typer.Option(metavar="URL", help="postgresql+psycopg://…; the embedded one if not said.")] = "",
    profile: Annotated[str, typer.Option(help="prod or dev; fixed for good.")] = "dev",
    system_admin: Annotated[str, typer.Option(metavar="LOGIN:NAME", help="First system admin.")] = "",
    security_admin: Annotated[str, typer.Option(metavar="LOGIN:NAME", help="First security admin.")] = "",
    auditor: Annotated[str, typer.Option(metavar="LOGIN:NAME", help="First auditor.")] = "",
    waiver_until: Annotated[
        str, typer.Option(metavar="DATE", help="prod with a key file: until when it may do without hardware.")
    ] = "",
    waiver_by: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Who allowed that; two people.")] = None,
    ssh_key: Annotated[
        list[str] | None, typer.Option(metavar="LOGIN=FILE", help="An admin's public key; in prod one for each.")
    ] = None,
    plain_keys_until: Annotated[
        str, typer.Option(metavar="DATE", help="prod: last day of those keys that are no hardware token.")
    ] = "",
) -> None:
    """Make a desk. Prints each admin's first password and one-time code once; hand each to its owner only."""
    from console import bootstrap
    from console.cli.output import as_json, say
    from console.cli.seat import home_of, options_of
    from console.serve import host_key
    from console.settings import Settings
    from console.texts import Texts
    from masking.keys import Profile

    options = options_of(ctx)
    texts = Texts(options.language)
    root = home_of(options).root
    if profile not in {"prod", "dev"}:
        raise typer.BadParameter("prod or dev", param_hint="--profile")
    said = {"system_admin": system_admin, "security_admin": security_admin, "auditor": auditor}
    admins = [_admin(said[role], role, staff_no, texts) for role, staff_no in _POSTS]
    if len({one.login for one in admins}) < len(admins) or len({one.staff_no for one in admins}) < len(admins):
        raise typer.BadParameter(texts.t("cli.init.three"), param_hint="--system-admin")
    keys = _keys(ssh_key or [], {one.login for one in admins})
    until = _key_until(plain_keys_until)
    if profile == "prod" and not all(one.login in keys and (keys[one.login].token or until) for one in admins):
        raise typer.BadParameter(texts.t("cli.init.keys"), param_hint="--ssh-key")
    waiver = _waiver(waiver_until, waiver_by or [])
    home = bootstrap.create(root, Profile(profile), chosen=Settings(database=db), waiver=waiver)
    fingerprint = host_key.ensure(home)
    handed, name = _found(home, admins, texts, keys, until)
    say(as_json(handed) if options.json else _lines(handed, name, home, texts, fingerprint))
    raise typer.Exit(Exit.DONE)


def _lines(handed: list[Handed], desk: str, home: Home, texts: Texts, fingerprint: str) -> Iterator[str]:
    """What each is handed, for the terminal."""
    from access.people import totp

    for one in handed:
        admin = one.admin
        yield texts.t("cli.init.hand", role=texts.t(f"role.{admin.role}"), name=admin.name, login=admin.login)
        yield texts.t("cli.init.password", password=one.password)
        uri = totp.provisioning_uri(one.seed, admin.login, desk)
        yield uri
        yield from totp.qr_text(uri).splitlines()
        yield ""
    yield texts.t("cli.init.host_key", fingerprint=fingerprint)
    yield texts.t("cli.init.next", home=home.root)


def _found(
    home: Home, admins: list[Admin], texts: Texts, keys: dict[str, PublicKey], until: int
) -> tuple[list[Handed], str]:
    """Write the three; what each must be handed, and the desk's name."""
    from access.people import totp
    from access.roles import Role
    from console import bootstrap
    from console.founding import Plan, Post, Secret, Unit, found
    from console.home import DeskLock

    passwords = {one.login: "".join(secrets.choice(_ALPHABET) for _ in range(_PASSWORD_LENGTH)) for one in admins}
    seeds = {one.login: totp.new_seed() for one in admins}
    lock = DeskLock(home)
    lock.acquire()
    try:
        parts = bootstrap.build(home)
        try:
            plan = Plan(
                units=(Unit("house", texts.t("cli.init.house"), "department"),),
                posts=tuple(
                    Post(one.login, one.name, one.staff_no, "house", (Role(one.role),), language=texts.language)
                    for one in admins
                ),
            )
            found(
                parts,
                plan,
                {
                    login: Secret(parts.hasher.hash(password), seeds[login], keys.get(login), until)
                    for login, password in passwords.items()
                },
            )
            desk = parts.settings.name
            # From the first people on there is a signed head outside the database that says who they are.
            parts.store.settle()
            if parts.checkpointer is not None:
                parts.checkpointer.take()
        finally:
            parts.store.close()
    finally:
        lock.release()
    return [Handed(one, passwords[one.login], seeds[one.login]) for one in admins], desk
