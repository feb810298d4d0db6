"""The attacker's notebook: what each attack leaves of each layer, and what is still known then. Run, not argued."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from console.bench.trace.copies import STRATEGIES, House, Table, merged, plain_row
from watermark.check import value_of
from watermark.fragment import Fragment
from watermark.verdict import Candidate, Finding, Layer, Verdict
from watermark.visible import export_number

GUILTY: Final = 7
OTHERS: Final = (8, 9)
_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attack left.

    Attributes:
        finding: the finding.
        named: serials that were named or suspected.
        p: of the first candidate.
        said: what each layer said of the first candidate, absent ones left out.
        still: what is known besides.
    """

    finding: Finding
    named: tuple[int, ...]
    p: float
    said: str
    still: str


def attacked(house: House, attack: str) -> Outcome:
    """Carry out an attack and trace what is left."""
    verdict = house.tracer.trace(ATTACKS[attack](house))
    first = verdict.candidates[0] if verdict.candidates else None
    return Outcome(
        verdict.finding,
        tuple(one.serial for one in verdict.candidates if one.finding is not Finding.UNDETERMINED),
        first.p if first else 1.0,
        _said(first),
        _still(verdict),
    )


def _said(one: Candidate | None) -> str:
    if one is None:
        return ""
    return ", ".join(f"{each.layer.value} {each.said.value}" for each in one.layers if each.said.value != "absent")


def _still(verdict: Verdict) -> str:
    if not verdict.recognised:
        return "nothing: no row is recognised"
    known = f"{verdict.recognised} rows recognised, held whole by {verdict.holding} of {verdict.exports} exports"
    return f"{known}; levelled: {', '.join(verdict.levelled)}" if verdict.levelled else known


def _copy(house: House, rows: int = _ROWS, serial: int = GUILTY) -> Table:
    return house.copy(serial, house.held[GUILTY][:rows])


def _file(house: House, rows: int = _ROWS) -> Fragment:
    """The copy as a file of it is read: header, properties, names, colours and heights of lines say it too."""
    table = _copy(house, rows)
    beside = (Layer.PROPERTIES, Layer.NAMES, Layer.HEADER, Layer.FONTS)
    return Fragment(
        table,
        texts=[export_number(GUILTY)],
        told={layer: [export_number(GUILTY)] for layer in beside},
        heights=[(value_of(row[-1]) or 0) & 1 for row in table],
    )


def _lines_alone(house: House) -> Fragment:
    """Case numbers and how high their lines stand: all else is cut."""
    whole = _file(house)
    return Fragment([row[:1] for row in whole.rows], heights=whole.heights)


def _forged(house: House) -> Fragment:
    """Another export's number wherever a file says its own, and the check column cut."""
    whole, other = _file(house), export_number(OTHERS[0])
    return replace(whole, rows=_bare(_copy(house)), texts=[other], told={layer: [other] for layer in whole.told})


def _bare(table: Table) -> Table:
    return [row[:-1] for row in table]


def _plain(house: House) -> Table:
    return [plain_row(index) for index in house.held[GUILTY][:_ROWS]]


def _with(house: House, columns: tuple[int, ...]) -> Fragment:
    """The copy with some columns taken from an unmarked file."""
    return Fragment(
        [
            [plain[column] if column in columns else row[column] for column in range(7)]
            for row, plain in zip(_copy(house), _plain(house), strict=True)
        ]
    )


def _noisy(house: House, share: float) -> Fragment:
    draw = random.Random(5)  # noqa: S311 - an attacker's dice
    lengths = {1: (1, 2), 2: (13, 16), 3: (2, 5)}

    def change(column: int, cell: str) -> str:
        if column not in lengths or draw.random() >= share:
            return cell
        head, _, tail = cell.partition("*")
        return head + "*" * draw.randint(*lengths[column]) + tail.replace("*", "")

    return Fragment([[change(column, cell) for column, cell in enumerate(row[:-1])] for row in _copy(house)])


def _merged(house: House, strategy: str, colluders: int, rows: int) -> Fragment:
    shared = [row for row in house.held[GUILTY] if all(row in house.held[serial] for serial in OTHERS)][:rows]
    copies = [house.copy(serial, shared) for serial in (GUILTY, *OTHERS)[:colluders]]
    return Fragment(merged(copies, strategy, seed=4))


def _framed(house: House) -> Fragment:
    """The check column of somebody else's copy pasted in: the attacker holds both."""
    both = zip(_copy(house), _copy(house, serial=OTHERS[0]), strict=True)
    return Fragment([[*row[:-1], other[-1]] for row, other in both])


def _invented(house: House) -> Fragment:
    """A check column made up, by somebody who has no copy but knows the rows."""
    draw = random.Random(6)  # noqa: S311 - an attacker's dice
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return Fragment([[*row, "".join(draw.choice(alphabet) for _ in range(6))] for row in _plain(house)])


ATTACKS: Final[dict[str, Callable[[House], Fragment]]] = {
    "none: 60 rows as they left": _file,
    "headers, footers, properties removed": lambda house: Fragment(_copy(house), heights=_file(house).heights),
    "another export's number in header, footer, properties, names, colours": _forged,
    "only case numbers and the places of their lines left": _lines_alone,
    "lines put back into their places": lambda house: replace(_file(house), heights=[0] * _ROWS),
    "lines put back, all else but case numbers cut": lambda house: replace(_lines_alone(house), heights=[0] * _ROWS),
    "check column cut": lambda house: Fragment(_bare(_copy(house))),
    "check column cut, 10 rows": lambda house: Fragment(_bare(_copy(house, 10))),
    "check column cut, 5 rows": lambda house: Fragment(_bare(_copy(house, 5))),
    "5 rows said a hundred times": lambda house: Fragment(_bare(_copy(house, 5)) * 100),
    "check column kept, 1 row": lambda house: Fragment(_copy(house, 1)),
    "check column kept, 2 rows": lambda house: Fragment(_copy(house, 2)),
    "ID numbers levelled": lambda house: _with(house, (2,)),
    "names and ID numbers levelled": lambda house: _with(house, (1, 2)),
    "all runs levelled": lambda house: _with(house, (1, 2, 3)),
    "all runs levelled, check column kept": lambda house: Fragment(
        [[*plain, row[-1]] for plain, row in zip(_plain(house), _copy(house), strict=True)]
    ),
    "masked columns deleted": lambda house: Fragment([[row[0], *row[4:7]] for row in _copy(house)]),
    "a third of the runs made random": lambda house: _noisy(house, 1 / 3),
    "all runs made random": lambda house: _noisy(house, 1.0),
    "case numbers deleted": lambda house: Fragment([row[1:-1] for row in _copy(house)]),
    "case numbers and amounts deleted": lambda house: Fragment([[*row[1:5], row[6]] for row in _copy(house)]),
    "another copy's check column pasted in": _framed,
    "a check column made up": _invented,
    "another export's number in the header": lambda house: Fragment(_bare(_copy(house)), texts=["VX-000044"]),
    **{
        f"3 copies merged by {strategy}, 60 rows": lambda house, strategy=strategy: _merged(house, strategy, 3, 60)  # type: ignore[misc]
        for strategy in STRATEGIES
    },
    "2 copies, one below the other": lambda house: Fragment(
        _bare(_copy(house)) + _bare(_copy(house, serial=OTHERS[0]))
    ),
}
