"""Options that stand before or after any subcommand: `--home`, `--as`, `--own-key`, `--json`, `--language`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME_VARIABLE: Final = "VEILDESK_HOME"
KEY_VARIABLE: Final = "VEILDESK_KEY"
EVERYWHERE: Final = (
    "Anywhere on the line: --home DIR (or VEILDESK_HOME)  --as NAME  --own-key FILE (or VEILDESK_KEY)  --json  "
    "--language zh_CN|en\n\n"
    "Acts of weight (approvals, exports, roles, keys, destruction) ask for your one-time code in every command: a code "
    "counts for the session it is typed in, and each command is a session of its own. A ticket only says who came in, "
    "not who types now."
)

_WITH_VALUE: Final = frozenset({"--home", "--as", "--own-key", "--language"})
_FLAGS: Final = frozenset({"--json"})


@dataclass(frozen=True, slots=True)
class Options:
    """What was said for the whole command.

    home: the desk's directory, None when not said. person: login, staff number or role to act as. json: print JSON.
    language: None when neither said nor spoken by the terminal. asked: the language where it was said; counts over the
    person's own. key: where the person's own key is, empty when not said.
    """

    home: Path | None = None
    person: str = ""
    json: bool = False
    language: str | None = None
    key: str = ""
    asked: str | None = None


def hoist(arguments: Sequence[str]) -> list[str]:
    """Move the options that may stand anywhere to the front, where the application reads them.

    Everything behind `--` stays where it is. A missing value is left for the application to complain about.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            rest += [word, *waiting]
            break
        name, has_value, _ = word.partition("=")
        if word in _FLAGS or (has_value and name in _WITH_VALUE):
            front.append(word)
        elif word in _WITH_VALUE:
            front += [word, *waiting[:1]]
            del waiting[:1]
        else:
            rest.append(word)
    return front + rest


def spoken(environment: Mapping[str, str] = os.environ) -> str | None:
    """The language that the terminal speaks, where it is one of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        said = environment.get(name, "")
        if said.startswith("zh"):
            return "zh_CN"
        if said.startswith("en"):
            return "en"
    return None
