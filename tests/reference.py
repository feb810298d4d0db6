"""`python -m tests.reference > .docs/reference.md`: everything there is, read off the code itself."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from typer.main import get_command

_ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, _ROOT)  # a distribution of a dependency brings a package `tests` of its own

from access.audit import events  # noqa: E402 - the tree must be on the path first
from access.audit.events import STRING_FIELDS, DetailKey, Event  # noqa: E402
from access.policy import Action  # noqa: E402
from access.policy.specs import ACTIONS  # noqa: E402
from access.roles import Role, load_matrix, seatable  # noqa: E402
from console.cli.exits import Exit  # noqa: E402
from console.cli.main import app  # noqa: E402
from console.desk.api import calls, reply_type  # noqa: E402
from console.settings import Settings  # noqa: E402
from masking.catalogue import Catalogue, ViewerRole  # noqa: E402

_HEAD = """# Reference

Written by `python -m tests.reference > .docs/reference.md`; the tests compare it with the code.
"""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A Markdown table."""
    names = list(heads)
    yield "| " + " | ".join(names) + " |"
    yield "|" + "---|" * len(names)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""


def first_line(thing: object) -> str:
    """The summary of a docstring."""
    return (inspect.getdoc(thing) or "").split("\n\n", 1)[0].replace("\n", " ")


def render() -> str:
    """The whole page."""
    parts = (_commands, _calls, _acts, _roles, _fields, _settings, _events)
    return "\n".join([_HEAD, *(line for part in parts for line in part())]).rstrip() + "\n"


def _commands() -> Iterator[str]:
    def walk(command: object, path: str) -> Iterator[tuple[str, str]]:
        for name, below in getattr(command, "commands", {}).items():
            if hasattr(below, "commands"):
                yield from walk(below, f"{path} {name}")
            else:
                yield f"`{path} {name}`", (below.help or "").split("\n\n", 1)[0].replace("\n", " ")

    yield "## Commands\n"
    yield from table(("command", "what it does"), walk(get_command(app), "veildesk"))
    yield "Anywhere on the line: `--home DIR` (or `VEILDESK_HOME`), `--as NAME`, `--json`, `--language zh_CN|en`.\n"
    yield from table(("exit code", "name"), ((int(one), f"`{one.name.lower()}`") for one in Exit))


def _calls() -> Iterator[str]:
    yield "## Calls\n"
    yield "What screens and commands may ask of the desk (`console/desk/api/`).\n"
    rows = (
        (
            f"`{call.__struct_config__.tag}`",
            f"`{call.__name__}`",
            f"`{reply_type(call).__name__}`",
            "yes" if call.writes else "",
            first_line(call),
        )
        for call in calls()
    )
    yield from table(("tag", "call", "reply", "writes", ""), rows)


def _acts() -> Iterator[str]:
    matrix = load_matrix().rows
    yield "## Acts\n"
    yield "What the one decision decides on (`access/policy/specs.py`), with its rows of the permission matrix.\n"
    rows = []
    for action in Action:
        spec = ACTIONS[action]
        numbers = sorted({number for number, _ in spec.permits})
        titles = "; ".join(f"{number} {matrix[number].title}" for number in numbers)
        modes = ", ".join(sorted({str(mode) for _, mode in spec.permits}))
        rows.append(
            (f"`{action}`", titles, modes, ", ".join(sorted(str(need) for need in spec.needs)), str(spec.step_up or ""))
        )
    yield from table(("act", "row of the matrix", "modes", "needs besides", "another code"), rows)


def _roles() -> Iterator[str]:
    yield "## Roles\n"
    rows = ((f"`{role}`", "yes" if seatable(role) else "no work in this build") for role in Role)
    yield from table(("role", "can be seated"), rows)


def _fields() -> Iterator[str]:
    catalogue = Catalogue.load()
    shown = (ViewerRole.AGENT, ViewerRole.SUPERVISOR, ViewerRole.AUDITOR, ViewerRole.AGENCY_AGENT)
    yield f"## Fields (catalogue version {catalogue.version})\n"
    yield "Levels: JR/T 0171, bank's plan, regulator. Masks per role; `-` is nothing. Tier with minutes.\n"
    rows = []
    for field in catalogue.fields.values():
        cells = [f"{field.cells[role].predicate} {field.cells[role].code}" for role in shown]
        tiers = ", ".join(f"{rule.tier} {rule.minutes}" if rule.minutes else str(rule.tier) for rule in field.tiers)
        levels = f"{field.jrt} {int(field.plan)} {int(field.reg)}{' ■' if field.cibi else ''}"
        never = f"never held ({field.forbidden})" if field.forbidden else ""
        rows.append((f"`{field.name}`", field.zh, levels, *(never or cell for cell in cells), tiers))
    yield from table(("field", "", "levels", *(str(role) for role in shown), "reveal"), rows)


def _settings() -> Iterator[str]:
    yield "## Settings (`desk.toml`)\n"

    def walk(kind: type[msgspec.Struct], prefix: str) -> Iterator[tuple[str, str, str]]:
        schema = msgspec.json.schema(kind)
        for field in msgspec.structs.fields(kind):
            if isinstance(field.default, msgspec.Struct):
                yield from walk(type(field.default), f"{prefix}{field.name}.")
                continue
            said = schema["$defs"][kind.__name__]["properties"][field.name]
            bounds = " ".join(str(said[key]) for key in ("minimum", "maximum", "pattern") if key in said)
            yield f"`{prefix}{field.name}`", f"`{field.default!r}`", bounds

    yield from table(("setting", "default", "bounds"), walk(Settings, ""))


def _events() -> Iterator[str]:
    yield "## Events\n"
    yield first_line(events) + "\n"
    rows = ((f"`{name}`", "text of a fixed shape" if name in STRING_FIELDS else "") for name in Event.__struct_fields__)
    yield from table(("field", ""), rows)
    meanings = dict(
        line.strip("* ").replace("``", "").split(": ", 1)
        for line in (events.__doc__ or "").splitlines()
        if line.startswith("* ")
    )
    yield from table(("detail", "meaning"), ((f"`{key}`", meanings.get(str(key), "")) for key in DetailKey))


if __name__ == "__main__":
    sys.stdout.write(render())
