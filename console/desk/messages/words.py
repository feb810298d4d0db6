"""Words that no message may hold, from `words.toml` beside this module. Pure but for reading that file once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from masking.text import fold, scrub

_NOT_A_MARK: Final = re.compile(r"[\W_]+")
_BETWEEN: Final = r"[\W_]*"
_HOLE: Final = re.compile(r"\{[a-z]*\}")


class Sensitive(NamedTuple):
    """A word and the kind of conduct it stands for."""

    group: str
    word: str


def sensitive(text: str) -> Sensitive | None:
    """The first word of the list that a text holds, however it is spaced, widened or capitalised; none: none."""
    # What a parameter brings stands between words: nothing is put together over it.
    folded = _HOLE.sub("\n", _plain(text))
    lines = [_NOT_A_MARK.sub("", line) for line in folded.split("\n")]
    for group, word, pattern in _words():
        if pattern.search(folded) if pattern is not None else any(word in line for line in lines):
            return Sensitive(group, word)
    return None


@cache
def groups() -> tuple[str, ...]:
    """Codes of the list's groups."""
    return tuple(dict.fromkeys(group for group, _, _ in _words()))


@cache
def _words() -> tuple[tuple[str, str, re.Pattern[str] | None], ...]:
    text = resources.files("console.desk.messages").joinpath("words.toml").read_text("utf-8")
    return tuple(
        (group["code"], *_sought(_plain(word))) for group in tomllib.loads(text)["group"] for word in group["words"]
    )


def _plain(text: str) -> str:
    return fold(scrub(text)).casefold()


def _sought(word: str) -> tuple[str, re.Pattern[str] | None]:
    if not word.isascii():
        return word, None
    letters = _BETWEEN.join(re.escape(mark) for mark in word if not mark.isspace())
    return word, re.compile(rf"(?<![a-z0-9]){letters}(?![a-z0-9])")
