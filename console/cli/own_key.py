"""`veildesk own-key`: a person's own key, for screens and commands of the desk's machine; made where the person is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.texts import Texts

_group = typer.Typer(
    help="Your own key, for screens and commands of the desk's machine.", no_args_is_help=True, epilog=EVERYWHERE
)
_WHERE = Annotated[str, typer.Argument(metavar="FILE", help="A key file, or the pkcs11: URI of a key in a token.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="own-key")


@_group.command("new", epilog=EVERYWHERE)
def new(ctx: typer.Context, where: _WHERE) -> None:
    """Make a key: SM2 in an encrypted file with FILE.pub beside it, or P-256 inside a token; prints the public half."""
    from console import own_keys
    from console.cli.output import say
    from console.cli.seat import options_of
    from console.desk.api.base import DeskError, Refusal
    from console.texts import Texts

    texts = Texts(options_of(ctx).language)
    secret = _secret(texts, where)
    if own_keys.is_token(where):
        say(own_keys.make_in_token(where, secret))
        return
    if _secret(texts, where, again=True) != secret:
        raise DeskError(Refusal(code="own_key.differ"))
    path = Path(where)
    line = own_keys.make_file(path, secret)
    path.with_name(path.name + ".pub").write_text(f"{line}\n", "ascii")
    say(line)


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, where: _WHERE) -> None:
    """Print the public half, which two admins put into use with `veildesk ssh-keys`."""
    from console import own_keys
    from console.cli.output import say
    from console.cli.seat import options_of
    from console.texts import Texts

    with own_keys.opened(where, _secret(Texts(options_of(ctx).language), where)) as signer:
        say(signer.line)


def _secret(texts: Texts, where: str, *, again: bool = False) -> str:
    from console import own_keys
    from console.cli.seat import read_secret

    key = "cli.pin" if own_keys.is_token(where) else "cli.passphrase_again" if again else "cli.passphrase"
    return read_secret(texts.t(key))
