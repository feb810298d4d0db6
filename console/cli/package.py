"""`veildesk package`: open and check what a desk handed out, on the recipient's own machine, without any desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from masking.gm import Sm2PublicKey

_group = typer.Typer(help="Open and check sealed files.", no_args_is_help=True, epilog=EVERYWHERE)
_File = Annotated[Path, typer.Argument(help="The package.", exists=True, dir_okay=False)]
_Signer = Annotated[
    Path | None, typer.Option(help="The desk's public key, PEM, as its people gave it; checked when given.")
]
_PRIVATE = 0o600


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="package")


def _signer(path: Path | None) -> Sm2PublicKey | None:
    from masking.gm import Sm2PublicKey

    return Sm2PublicKey.from_pem(path.read_bytes()) if path is not None else None


@_group.command("key", epilog=EVERYWHERE)
def key(
    file: Annotated[Path, typer.Argument(help="Where the private key goes; the public one is printed.")],
) -> None:
    """Make the key pair that packages are sealed to. Keep the file, give away what is printed."""
    import os

    from masking.gm import Sm2PrivateKey

    pair = Sm2PrivateKey.generate()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with open(os.open(file, flags, _PRIVATE), "w", encoding="ascii") as out:  # noqa: PTH123 - readable by nobody else
        out.write(pair.to_pem())
    print(pair.public_key.to_pem(), end="")


@_group.command("verify", epilog=EVERYWHERE)
def verify(ctx: typer.Context, file: _File, signer: _Signer = None) -> None:
    """Check a package's signature and digests, and say what is in it; nothing is opened."""
    from console.cli.exits import Exit
    from console.cli.output import as_json, say, tell
    from console.cli.seat import options_of
    from console.desk.api.base import Refusal
    from console.package.opening import PackageRefused
    from console.package.opening import verify as check
    from console.texts import Texts
    from masking.errors import MaskingError

    options = options_of(ctx)
    texts = Texts(options.language)
    try:
        manifest = check(file, _signer(signer))
    except (PackageRefused, MaskingError) as refused:
        tell(texts.refusal(Refusal(code=refused.code)))
        raise typer.Exit(Exit.FOUND) from refused
    lines = [
        f"{manifest.number}  {manifest.name}  {manifest.rows}  {manifest.recipient}",
        f"{manifest.made_at} → {manifest.use_until}",
        f"SM3 {manifest.content_sm3}",
        texts.t("package.signed_known" if signer is not None else "package.signed", signer=manifest.signer_key),
    ]
    if manifest.locked:
        lines.append(texts.t("package.locked"))
    say(as_json(manifest) if options.json else lines)


@_group.command("open", epilog=EVERYWHERE)
def open_(
    ctx: typer.Context,
    file: _File,
    key_file: Annotated[Path, typer.Option("--key", help="Your private key, PEM.", exists=True, dir_okay=False)],
    into: Annotated[Path, typer.Option(help="Folder for the opened file.", file_okay=False)] = Path(),
    signer: _Signer = None,
) -> None:
    """Check a package and open it with your private key."""
    from console.cli.exits import Exit
    from console.cli.output import say, tell
    from console.cli.seat import options_of
    from console.desk.api.base import Refusal
    from console.package.opening import PackageRefused, open_package
    from console.texts import Texts
    from masking.errors import MaskingError
    from masking.gm import Sm2PrivateKey

    texts = Texts(options_of(ctx).language)
    try:
        private = Sm2PrivateKey.from_pem(key_file.read_bytes())
        found = open_package(file, private, into, _signer(signer))
    except (PackageRefused, MaskingError) as refused:
        tell(texts.refusal(Refusal(code=refused.code)))
        raise typer.Exit(Exit.FOUND) from refused
    say([str(found)])
