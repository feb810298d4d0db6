"""From a TOML text to rules: whole, or not at all with every fault named by its line.

A name that may be somebody's, or holds what may be personal data, is a fault too: the text is read by people who see
no customer, and stays for ever.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from console.desk.api.strategy import RuleFault
from console.desk.strategy.rules import EDGES, FOREVER, KEEP, POOL, TEAM, Means, Rule, Rules
from masking.detect import mask_text

LINES: Final = 400
_WIDTH: Final = 200
_RULES: Final = 50
_NAMES: Final = 40
_DAYS: Final = 9_999
_RANKS: Final = 99
_INTERVAL: Final = 90
_CASES: Final = 9_999
_CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_STAFF: Final = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_HEADER: Final = re.compile(r"\s*\[\[?\s*([A-Za-z_]+)\s*\]\]?")
_KEY: Final = re.compile(r"\s*[\"']?([A-Za-z0-9_.-]+)[\"']?\s*=")
_AT_LINE: Final = re.compile(r"line (\d+)")
_WORDS: Final = frozenset({KEEP, POOL, TEAM})


class _Broken(Exception):
    """A value is not what its key takes; args: code, what."""


def parse(lines: Sequence[str]) -> tuple[Rules | None, tuple[RuleFault, ...]]:
    """Read a strategy's text.

    Returns:
        The rules and no fault, or no rules and every fault found.
    """
    if len(lines) > LINES or any(len(line) > _WIDTH for line in lines):
        return None, (RuleFault(line=0, code="rules.too_long"),)
    told = tuple(RuleFault(line=at, code="rules.personal") for at, line in enumerate(lines, 1) if _tells(line))
    if told:
        return None, told
    try:
        data = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as wrong:
        at = _AT_LINE.search(str(wrong))
        return None, (RuleFault(line=int(at[1]) if at else len(lines), code="rules.not_toml"),)
    reading = _Reading(_places(lines))
    rules = reading.whole(data)
    faults = tuple(sorted(reading.faults, key=lambda fault: (fault.line, fault.what)))
    return (None, faults) if faults or rules is None else (rules, ())


def _tells(line: str) -> bool:
    """Whether a comment holds what may be personal data; values are looked at one by one."""
    comment = line.partition("#")[2]
    return mask_text(comment, loose=True) != comment


def _places(lines: Sequence[str]) -> dict[tuple[str, int, str], int]:
    """Where each key stands: (table, which of the rules, key) to line; an empty key is the table's heading."""
    found: dict[tuple[str, int, str], int] = {}
    table, rule = "", -1
    for at, line in enumerate(lines, 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and line.lstrip().startswith("["):
            table = header[1]
            rule += table == "rule"
            found.setdefault((table, rule if table == "rule" else 0, ""), at)
        elif key:
            found.setdefault((table, max(rule, 0) if table == "rule" else 0, key[1]), at)
    return found


class _Reading:
    """One text being read; collects faults."""

    def __init__(self, places: Mapping[tuple[str, int, str], int]) -> None:
        self._places = places
        self.faults: list[RuleFault] = []

    def whole(self, data: Mapping[str, Any]) -> Rules | None:
        self._unknown("", 0, data, {"name", "capacity", "rule"})
        name = self._take("", 0, data, "name", _name, "")
        raw = data.get("rule", [])
        if not isinstance(raw, list) or not 0 < len(raw) <= _RULES or not all(isinstance(one, dict) for one in raw):
            self._fault("", 0, "rule", "rules.no_rules")
            return None
        default, capacity = self._capacity(data.get("capacity", {}))
        rules = tuple(rule for at, one in enumerate(raw) for rule in self._rule(at, one))
        if "name" not in data:
            self._fault("", 0, "name", "rules.missing")
        self._reached(rules)
        return Rules(name=name, rules=rules, capacity=capacity, default=default)

    def _capacity(self, raw: object) -> tuple[int | None, dict[str, int]]:
        if not isinstance(raw, dict):
            self._fault("", 0, "capacity", "rules.value")
            return None, {}
        found: dict[str, int] = {}
        for key in raw:
            most = self._take("capacity", 0, raw, key, _between(0, _CASES), 0)
            if key != "default" and not _STAFF.fullmatch(key):
                self._fault("capacity", 0, key, "rules.staff")
            found[key] = most
        return found.pop("default", None), found

    def _rule(self, at: int, raw: Mapping[str, Any]) -> Iterator[Rule]:
        self._unknown("rule", at, raw, set(Rule.__struct_fields__))
        before = len(self.faults)
        if "name" not in raw:
            self._fault("rule", at, "", "rules.missing", "name")
        rule = Rule(
            name=self._take("rule", at, raw, "name", _code, ""),
            days=self._take("rule", at, raw, "days", _days, (0, FOREVER)),
            amount=self._take("rule", at, raw, "amount", _amount, (0, FOREVER)),
            products=self._take("rule", at, raw, "products", _products, ()),
            rank=self._take("rule", at, raw, "rank", _between(0, _RANKS), 0),
            channel=self._take("rule", at, raw, "channel", _channel, ""),
            interval_days=self._take("rule", at, raw, "interval_days", _between(0, _INTERVAL), 0),
            to=self._take("rule", at, raw, "to", _to, (KEEP,)),
            take=self._take("rule", at, raw, "take", _yes, usual=False),
        )
        if len(self.faults) == before:
            yield rule

    def _reached(self, rules: Sequence[Rule]) -> None:
        """Name rules that no case can come to, and names given twice."""
        seen: dict[str, int] = {}
        for at, rule in enumerate(rules):
            if rule.name in seen:
                self._fault("rule", at, "name", "rules.twice", rule.name)
            seen.setdefault(rule.name, at)
            if any(_covers(other, rule) for other in rules[:at]):
                self._fault("rule", at, "", "rules.unreached", rule.name)

    def _unknown(self, table: str, at: int, raw: Mapping[str, Any], known: set[str]) -> None:
        for key in sorted(set(raw) - known):
            self._fault(table, at, key, "rules.unknown")

    def _take(  # noqa: PLR0917 - where it stands, what it is, how it is read
        self,
        table: str,
        at: int,
        raw: Mapping[str, Any],
        key: str,
        read: Callable[[Any], Any],
        usual: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401 - TOML values come in, typed ones go out
        if key not in raw:
            return usual
        try:
            return read(raw[key])
        except _Broken as wrong:
            code, what = wrong.args
            self._fault(table, at, key, code, what)
            return usual

    def _fault(self, table: str, at: int, key: str, code: str, what: str = "") -> None:
        line = self._places.get((table, at, key)) or self._places.get((table, at, "")) or 0
        said = mask_text(what or key, loose=True)[:_NAMES]
        self.faults.append(RuleFault(line=line, code=code, what=said))


def _covers(wide: Rule, narrow: Rule) -> bool:
    """Whether every case of the narrow rule is the wide one's already."""
    return (
        wide.days[0] <= narrow.days[0]
        and narrow.days[1] <= wide.days[1]
        and wide.amount[0] <= narrow.amount[0]
        and narrow.amount[1] <= wide.amount[1]
        and (not wide.products or (bool(narrow.products) and set(narrow.products) <= set(wide.products)))
    )


def _number(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _Broken("rules.value", "")
    return raw


def _between(least: int, most: int) -> Callable[[Any], int]:
    def read(raw: object) -> int:
        value = _number(raw)
        if not least <= value <= most:
            raise _Broken("rules.bounds", f"{least}–{most}")
        return value

    return read


def _span(raw: object) -> tuple[int, int]:
    if not isinstance(raw, list) or not 1 <= len(raw) <= 2:  # noqa: PLR2004 - from, or from and to
        raise _Broken("rules.span", "")
    first, last = _number(raw[0]), _number(raw[1]) if len(raw) > 1 else FOREVER
    if not 0 <= first <= last:
        raise _Broken("rules.span", "")
    return first, last


def _days(raw: object) -> tuple[int, int]:
    first, last = _span(raw)
    if first > _DAYS or _DAYS < last < FOREVER:
        raise _Broken("rules.bounds", f"0–{_DAYS}")
    return first, last


def _amount(raw: object) -> tuple[int, int]:
    first, last = _span(raw)
    if first == last or not {first, last} <= {*EDGES, FOREVER}:
        raise _Broken("rules.edges", ", ".join(map(str, EDGES)))
    return first, last


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(one, str) for one in raw):
        raise _Broken("rules.value", "")
    return tuple(dict.fromkeys(raw))


def _plain(text: str) -> str:
    if not 0 < len(text) <= _NAMES or not text.isprintable() or mask_text(text, loose=True) != text:
        raise _Broken("rules.name", "")
    return text


def _name(raw: object) -> str:
    if not isinstance(raw, str):
        raise _Broken("rules.value", "")
    return _plain(raw)


def _code(raw: object) -> str:
    if not isinstance(raw, str) or not _CODE.fullmatch(raw):
        raise _Broken("rules.code", "")
    return _plain(raw)


def _products(raw: object) -> tuple[str, ...]:
    return tuple(_plain(one) for one in _texts(raw))


def _channel(raw: object) -> str:
    if raw not in set(Means):
        raise _Broken("rules.one_of", ", ".join(Means))
    return str(raw)


def _yes(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise _Broken("rules.value", "")
    return raw


def _to(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        if raw not in _WORDS:
            raise _Broken("rules.one_of", ", ".join(sorted(_WORDS)))
        return (raw,)
    named = _texts(raw)
    if not all(_STAFF.fullmatch(one) and one not in _WORDS for one in named):
        raise _Broken("rules.staff", "")
    return named
