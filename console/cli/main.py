"""`veildesk`: the frame around every command.

Reads the options that stand anywhere, hands over to the command's own module, and turns every end into an exit code.
A person never sees a traceback: what a rule refused is said in words, what broke gets a reference number whose details,
scrubbed and without values, go to the desk's log.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from console.cli import (
    agencies,
    assign,
    audit,
    bench,
    calls,
    cases,
    contact,
    contacts,
    demo,
    doctor,
    drop_keys,
    exports,
    grants,
    imports,
    language,
    messages,
    notes,
    own_key,
    package,
    privacy,
    record,
    recordings,
    roles,
    screens,
    serving,
    setup,
    sources,
    special,
    ssh_keys,
    standing,
    strategy,
    team,
    trace,
    users,
    visits,
)
from console.cli.exits import Exit
from console.cli.options import EVERYWHERE, HOME_VARIABLE, KEY_VARIABLE, Options, hoist, spoken

app = typer.Typer(
    name="veildesk",
    epilog=EVERYWHERE,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for module in (
    demo,
    setup,
    screens,
    serving,
    imports,
    cases,
    notes,
    calls,
    privacy,
    contact,
    contacts,
    messages,
    special,
    visits,
    users,
    roles,
    agencies,
    grants,
    standing,
    team,
    record,
    recordings,
    assign,
    strategy,
    exports,
    package,
    sources,
    ssh_keys,
    drop_keys,
    own_key,
    audit,
    trace,
    doctor,
    bench,
    language,
):
    module.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        print(version("veildesk"))
        raise typer.Exit


@app.callback()
def everywhere(
    ctx: typer.Context,
    home: Annotated[
        Path | None, typer.Option(envvar=HOME_VARIABLE, metavar="DIR", help="The desk's directory.")
    ] = None,
    person: Annotated[
        str, typer.Option("--as", metavar="NAME", help="Who acts: a login; in a demo desk also a role.")
    ] = "",
    key: Annotated[
        str,
        typer.Option(
            "--own-key",
            envvar=KEY_VARIABLE,
            metavar="FILE",
            help="Your own key: a file, or the pkcs11: URI of a token.",
        ),
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    language: Annotated[str | None, typer.Option(metavar="LANG", help="zh_CN or en.")] = None,
    _version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which.")] = False,
) -> None:
    """A desk for debt-collection staff: masked by default, revealed only with approval, every act logged."""
    if language not in {None, "zh_CN", "en"}:
        raise typer.BadParameter("zh_CN or en", param_hint="--language")
    ctx.obj = Options(home=home, person=person, json=json, language=language or spoken(), key=key, asked=language)


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line.

    Returns:
        The exit code; see `Exit`.
    """
    said = hoist(arguments)
    try:
        ended = app(said, prog_name="veildesk", standalone_mode=False)
    except typer.TyperException as fault:
        print(fault.format_message(), file=sys.stderr)
        return Exit.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return Exit.REFUSED
    except BrokenPipeError:
        # Whoever read our output has left; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.REFUSED
    except Exception as fault:  # noqa: BLE001 - the last line: nothing may reach the terminal unscrubbed
        from console.cli.failure import report

        return report(fault, said)
    # An interrupt may come back as 130; for whoever asks, the command was not carried out.
    code = ended if isinstance(ended, int) else Exit.DONE
    return Exit(code) if code in set(Exit) else Exit.REFUSED


def main() -> None:
    """Entry point of the installed command. What may hold a desk, its keys or opened values leaves no dump."""
    if sys.platform == "linux":
        from console.serve import fences

        fences.harden()
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
