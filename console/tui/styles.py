"""Style sheets parsed once a process: what they say is the same for every application that runs in it.

Textual parses all of its rules again for every application and for every screen that brings a style of its own, a
quarter of what a first frame costs. Rules are read only, so those of a sheet parsed before, under the same variables,
serve again; the process that sessions are forked from parses them all. A file is read once, so that a session needs
no file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from typing import Any, Final

from textual.css.model import RuleSet
from textual.css.stylesheet import CssSource, Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode

_rules: Final[dict[tuple[object, ...], list[RuleSet]]] = {}
_texts: Final[dict[str, CssSource]] = {}
_met: Final[dict[object, dict[str, str]]] = {}


class KeptStylesheet(Stylesheet):
    """See the module; otherwise Textual's."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._under = _key(self._variables)

    def copy(self) -> Stylesheet:
        """See `Stylesheet.copy`."""
        made = KeptStylesheet(variables=self._variables.copy())
        made.source = self.source.copy()
        return made

    def set_variables(self, variables: dict[str, str]) -> None:
        """See `Stylesheet.set_variables`."""
        super().set_variables(variables)
        self._under = _key(variables)

    def read(self, filename: str | PurePath) -> None:
        """See `Stylesheet.read`."""
        name = str(filename)
        kept = _texts.get(name)
        if kept is None:
            super().read(filename)
            _texts[name] = self.source[name, ""]
        else:
            self.source[name, ""] = kept
            self._require_parse = True

    def reparse(self) -> None:
        """See `Stylesheet.reparse`."""
        self.parse()

    def _parse_rules(self, css: str, read_from: CSSLocation, *more: Any, **named: Any) -> list[RuleSet]:  # noqa: ANN401
        key = (self._under, css, read_from, *more, *sorted(named.items()))
        rules = _rules.get(key)
        if rules is None:
            _met.setdefault(self._under, dict(self._variables))
            rules = _rules[key] = super()._parse_rules(css, read_from, *more, **named)
        return rules


def read_below(folder: Path) -> None:
    """Read every style file of a folder and below, so that no application has to."""
    sheet = KeptStylesheet()
    for path in sorted(folder.rglob("*.tcss")):
        sheet.read(path)


def parse_for(kinds: Iterable[type[DOMNode]]) -> None:
    """Parse what these kinds of nodes and all files read so far bring, under all variables met so far."""
    sources = {((name, ""), source.content, False, 0, source.scope) for name, source in _texts.items()}
    for kind in kinds:
        for where, css, tie_breaker, scope in kind.__new__(kind)._get_default_css():  # noqa: SLF001 - of Textual
            sources.add((where, css, True, tie_breaker, scope))
    for variables in tuple(_met.values()):
        sheet = KeptStylesheet(variables=variables)
        for where, css, is_default, tie_breaker, scope in sources:
            sheet._parse_rules(  # noqa: SLF001 - our own
                css, read_from=where, is_default_rules=is_default, tie_breaker=tie_breaker, scope=scope
            )


def _key(variables: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(variables.items())
