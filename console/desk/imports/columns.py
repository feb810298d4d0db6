"""Which column is what: forbidden ones first, then what was asked for, what is recognised, what is remembered.

A column that nobody can name is refused, not carried along (R-55); it is left out only by name. A forbidden column
(verification value, PIN, track, code by SMS, contact list) quarantines the file whatever else was asked (J-4, J-5).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from console.desk.imports import fields as f
from console.desk.imports.delimited import Cells
from console.desk.imports.faults import Code, Fault, FileRefused
from console.desk.imports.units import scale_of
from masking.catalogue import Catalogue, HeaderOutcome
from masking.catalogue.headers import normalise_header
from masking.detect import mask_text

DROP: Final = "-"
_SHOWN: Final = 40
_LETTERS: Final = 26
_MOST_OF_ONE: Final = 5


class _Match(NamedTuple):
    field: str
    ordinal: int = 1
    percent: bool = False


class Wishes(msgspec.Struct, frozen=True):
    """What a person, or the source's memory, says of columns beside what the catalogue recognises.

    Attributes:
        asked: Header to field, or `-` to leave it out; for this file.
        dropped: Headers to leave out.
        remembered: Mapping saved with the source.
    """

    asked: Mapping[str, str] = msgspec.field(default_factory=dict)
    dropped: Sequence[str] = ()
    remembered: Mapping[str, str] = msgspec.field(default_factory=dict)


class Column(msgspec.Struct, frozen=True, array_like=True):
    """One column that is read.

    Attributes:
        index: Place in the row, from 0.
        shown: Header, safe to name in a fault.
        field: Catalogue field.
        ordinal: Which of several, from 1.
        scale: Yuan per unit, for amounts.
        percent: Its figures are percentages.
    """

    index: int
    shown: str
    field: str
    ordinal: int
    scale: int
    percent: bool


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """How the rows of one file are read.

    Attributes:
        kind: What the file brings.
        columns: Those that are read.
        width: Number of columns of the header.
        mapping: Header to field for every column, `-` for the ones left out; saved with the source.
        unmapped: Places of columns that no field claims.
        headers: All headers, safe to show.
    """

    kind: f.Kind
    columns: tuple[Column, ...]
    width: int
    mapping: tuple[tuple[str, str], ...]
    unmapped: frozenset[int]
    headers: tuple[str, ...]

    @property
    def bill(self) -> Column:
        """The column of the bill reference."""
        return next(column for column in self.columns if column.field == f.LOAN)

    @property
    def amounts(self) -> tuple[str, ...]:
        """Headers of the columns that hold amounts."""
        return tuple(one.shown for one in self.columns if f.READINGS.get(one.field) is f.Reading.AMOUNT)

    def shown_for(self, field: str) -> str:
        """The header of a field, safe to name; empty where the file has none."""
        return next((column.shown for column in self.columns if column.field == field), "")


def shown(header: str, index: int = 0) -> str:
    """A header as it may be named: without control characters, short; its letter when it has no name.

    Its letter as well when personal data stands in it, because beside a number a name is seldom far.
    """
    clean = "".join(char for char in header if char.isprintable()).strip()
    return clean[:_SHOWN] if clean and mask_text(clean) == clean else f"[{_letter(index)}]"


def hits(catalogue: Catalogue, kind: f.Kind, names: Sequence[str]) -> int:
    """How many different columns some header cells name."""
    found: set[str | tuple[str | None, int]] = set()
    for name in names:
        if not name or len(name) > _SHOWN:
            continue
        for one in {kind, f.Kind.CASES}:
            match = catalogue.match_header(name, one)
            if match.outcome is HeaderOutcome.FIELD:
                found.add((match.field, match.index))
                break
            if match.outcome is HeaderOutcome.FORBIDDEN:
                found.add(name)
                break
    return len(found)


class Planner:
    """Decides every column of one header.

    Args:
        catalogue: fields and their headers.
        kind: what the file is said to bring.
        wishes: what else is known.
    """

    def __init__(self, catalogue: Catalogue, kind: f.Kind, wishes: Wishes) -> None:
        self._catalogue = catalogue
        self._kind = kind
        self._fields = {field.name for field in catalogue.importable(kind)}
        self._asked = {_key(name): field for name, field in wishes.asked.items()}
        self._dropped = {_key(name) for name in wishes.dropped}
        self._remembered = {_key(name): field for name, field in wishes.remembered.items()}

    def plan(self, names: Sequence[str], sample: Sequence[Cells] = ()) -> Plan:
        """Decide.

        Args:
            names: headers in order.
            sample: a few data rows, to tell whether a column without a name is empty.

        Raises:
            FileRefused: forbidden columns (quarantine); unknown, doubled or missing ones.
        """
        barred = [index for index, name in enumerate(names) if self._barred(name)]
        if barred:
            raise FileRefused(
                *(Fault(0, shown(names[index], index), Code.COLUMNS_FORBIDDEN) for index in barred), quarantine=True
            )
        choices: list[tuple[int, _Match]] = []
        faults: list[Fault] = []
        for index, name in enumerate(names):
            if not _key(name) and not _has_data(sample, index):
                continue
            match = self._choose(name)
            if match is None:
                faults.append(Fault(0, shown(name, index), Code.COLUMNS_UNKNOWN))
            else:
                choices.append((index, match))
        columns = self._numbered(choices, names, faults)
        missing = self._missing(columns)
        if missing and (other := self._other_kind(names)):
            faults.insert(0, Fault(0, "", Code.FILE_KIND, other))
        faults += missing
        if faults:
            raise FileRefused(*faults)
        return Plan(
            kind=self._kind,
            columns=tuple(columns),
            width=len(names),
            mapping=tuple(
                (names[index], match.field)
                for index, match in choices
                # What is reported and remembered must be fit to be shown.
                if names[index] and mask_text(names[index]) == names[index]
            ),
            unmapped=frozenset(index for index, match in choices if match.field == DROP),
            headers=tuple(shown(name, index) for index, name in enumerate(names)),
        )

    def _barred(self, name: str) -> bool:
        return self._catalogue.match_header(name, self._kind).outcome is HeaderOutcome.FORBIDDEN

    def _choose(self, name: str) -> _Match | None:
        key = _key(name)
        if key in self._dropped:
            return _Match(DROP)
        if key in self._asked:
            return self._named(self._asked[key])
        match = self._catalogue.match_header(name, self._kind)
        if match.outcome is HeaderOutcome.FIELD and match.field:
            return _Match(match.field, match.index, match.percent)
        if match.outcome is HeaderOutcome.IGNORABLE or self._beside_the_point(name):
            return _Match(DROP)
        if key in self._remembered:
            return self._named(self._remembered[key])
        return None

    def _beside_the_point(self, name: str) -> bool:
        """A repayment file may name the customer beside the loan; that is known, not needed, and not read."""
        return (
            self._kind is not f.Kind.CASES
            and self._catalogue.match_header(name, f.Kind.CASES).outcome is HeaderOutcome.FIELD
        )

    def _named(self, text: str) -> _Match | None:
        if text == DROP:
            return _Match(DROP)
        field, _, ordinal = text.partition("#")
        if field not in self._fields:
            return None
        return _Match(field, int(ordinal) if ordinal.isdecimal() else 1)

    def _numbered(
        self, choices: Sequence[tuple[int, _Match]], names: Sequence[str], faults: list[Fault]
    ) -> list[Column]:
        columns: list[Column] = []
        needed = f.NEEDED[self._kind]
        taken: Counter[str] = Counter()
        places: set[tuple[str, int]] = set()
        for index, match in choices:
            if match.field == DROP or (needed is not None and match.field not in needed):
                continue
            ordinal = match.ordinal
            if (match.field, ordinal) in places:
                # The same header several times over: the second phone, the second contact.
                ordinal = taken[match.field] + 1
            repeats = self._catalogue.field(match.field).repeats
            if ordinal > (_MOST_OF_ONE if repeats else 1):
                faults.append(Fault(0, shown(names[index], index), Code.COLUMNS_TWICE, match.field))
                continue
            taken[match.field] = max(taken[match.field], ordinal)
            places.add((match.field, ordinal))
            amount = f.READINGS.get(match.field) is f.Reading.AMOUNT
            scale = scale_of(names[index]) if amount else 1
            columns.append(
                Column(index, shown(names[index], index), match.field, ordinal, scale, percent=match.percent)
            )
        return columns

    def _other_kind(self, names: Sequence[str]) -> str:
        """The kind of file that the header would fit, if that is not the one it is said to be."""
        for other in (f.Kind.CASES, f.Kind.REPAYMENTS):
            found = {self._catalogue.match_header(name, other).field for name in names}
            if other is not self._kind and found.issuperset(f.REQUIRED[other]):
                return other.value
        return ""

    def _missing(self, columns: Iterable[Column]) -> list[Fault]:
        present = {column.field for column in columns}
        if present & {*f.DUE_FIELDS, "principal"}:
            present.add(f.DUE)
        return [Fault(0, "", Code.COLUMNS_MISSING, field) for field in f.REQUIRED[self._kind] if field not in present]


def _has_data(sample: Sequence[Cells], index: int) -> bool:
    return any(index < len(row) and row[index] not in {"", None} for row in sample)


def _key(header: str) -> str:
    return normalise_header(header)[0]


def _letter(index: int) -> str:
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, _LETTERS)
        text = chr(ord("A") + rest) + text
    return text
