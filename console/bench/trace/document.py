"""The tables as a document: `.docs/export-marks.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from console.bench.trace.chance import EXPORTS, MERGES, Share
from console.bench.trace.splits import SplitShare
from watermark.verdict import ACCUSE, SUSPECT
from watermark.visible import export_number

if TYPE_CHECKING:
    from console.bench.trace.tables import Tables


def markdown(tables: Tables, trials: int) -> str:
    """Return the document.

    Args:
        tables: what was measured.
        trials: the size that was asked for.
    """
    return "\n".join(
        [
            *_head(tables, trials),
            *_single(tables),
            *_prints(tables),
            *_colluders(tables),
            *_splits(tables),
            *_roads(tables),
            *_attacks(tables),
            *_speed(tables),
        ]
    )


def _head(tables: Tables, trials: int) -> Iterable[str]:
    accused, innocent = tables.innocent
    yield "# Marks on exports: what is traced, and what defeats them"
    yield ""
    yield f"Written by `veildesk bench trace --trials {trials} --document .docs/export-marks.md`; do not edit by hand."
    yield ""
    yield f"{EXPORTS:,} exports of overlapping rows. A copy is named at p(false) ≤ {ACCUSE:.0e} over all of them, and"
    yield f"suspected at {SUSPECT:.0e}. Out of {innocent:,} innocent scores, {accused} were named."
    yield "It is the copy that is named, and who asked for it: never who let it out."
    yield ""
    if not tables.whole:
        yield "**Not all of it was measured: the run ended before its time.**"
        yield ""
    yield "The mark is the number of stars of masked names (1–2), ID numbers (13–16) and addresses (2–5): five symbols"
    yield "a row, drawn by SM4 under the desk's key for this export and this row. A check column adds six characters."
    yield "In a PDF each row's line stands 0.35 pt higher or lower, by its check's last bit: read back from where text"
    yield "stands, also after another program printed or scaled it; a picture of the page does not say it."
    yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
    yield ""


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} % ({part:,}/{whole:,})"


def _single(tables: Tables) -> Iterable[str]:
    yield "## One copy"
    yield ""
    yield from _table(
        ("left of it", "named", "suspected or named"),
        (
            (name, _share(one.named, one.trials), _share(one.suspected, one.trials))
            for name, one in tables.single.items()
        ),
    )


def _prints(tables: Tables) -> Iterable[str]:
    yield "## Prints of a single case, and screens"
    yield ""
    yield "A page has one line for each field, each with a check of its own. Lines drawn from pages, without header and"
    yield "footer; each case was printed ten times."
    yield ""
    yield from _table(
        ("lines left of a page", "named", "suspected or named", "other copies named"),
        (
            (str(count), _share(one.named, one.trials), _share(one.suspected, one.trials), str(one.accused))
            for count, one in tables.prints.items()
        ),
    )
    yield "Screens are marked and traced otherwise: [screen-marks.md](screen-marks.md) has their tables."
    yield ""


def _colluders(tables: Tables) -> Iterable[str]:
    yield "## Several copies merged"
    yield ""
    each = min((one.trials for one in tables.colluders.values()), default=0)
    yield f"At least one of them named / all of them named, out of {each:,} fragments each."
    yield ""
    kinds = list(dict.fromkeys((colluders, rows) for colluders, rows, _ in tables.colluders))

    def cell(one: Share | None) -> str:
        if one is None:
            return "not measured"
        return f"{100 * one.named / one.trials:.1f} / {100 * one.all_named / one.trials:.1f} %"

    yield from _table(
        ("copies, rows", *MERGES),
        (
            (f"{colluders}, {rows}", *(cell(tables.colluders.get((colluders, rows, merge))) for merge in MERGES))
            for colluders, rows in kinds
        ),
    )


def _splits(tables: Tables) -> Iterable[str]:
    yield "## Whose symbols a carrier shows"
    yield ""
    yield "Copy named / asker named. Fifty people asked for twenty exports each. All five symbols belong to the export:"
    yield "only so do twenty rows name a copy. What a split would gain is the asker who merges many copies of her own,"
    yield "whom the log and the rows held show as well."
    yield ""

    def cell(one: SplitShare | None) -> str:
        return f"{100 * one.copy:.1f} / {100 * one.asker:.1f} %" if one is not None else "not measured"

    lines = list(dict.fromkeys(line for line, _ in tables.splits))
    names = list(dict.fromkeys(name for _, name in tables.splits))
    yield from _table(
        ("", *names),
        (
            (
                line,
                *(cell(tables.splits.get((line, name))) for name in names),
            )
            for line in lines
        ),
    )


def _roads(tables: Tables) -> Iterable[str]:
    yield "## Roads out"
    yield ""
    yield "60 rows without the check column, where nothing else is said (the picture: 30 rows with it), read by"
    yield "`veildesk trace`'s own readers and traced by the whole tracer."
    yield ""
    yield from _table(
        ("road", "the copy alone named", "rows recognised"),
        (
            (road, f"not measured: {what} is not installed", "")
            if isinstance(what, str)
            else (road, f"{what[0]}/{what[2]}", str(what[1]))
            for road, what in tables.roads.items()
        ),
    )


def _attacks(tables: Tables) -> Iterable[str]:
    yield "## Attacker's notebook"
    yield ""
    merged = f"{export_number(8)} and {export_number(9)}"
    yield f"The guilty copy is {export_number(7)}; where copies are merged, {merged} too."
    yield ""
    yield from _table(
        ("attack", "finding", "named or suspected", "p(false) ≤", "layers", "still known"),
        (
            (
                attack,
                one.finding.value,
                ", ".join(map(export_number, one.named)) or "—",
                f"{one.p:.0e}",
                one.said,
                one.still,
            )
            for attack, one in tables.attacks.items()
        ),
    )


def _speed(tables: Tables) -> Iterable[str]:
    yield "## Time and memory"
    yield ""
    yield "Time of the processor, medians of rounds in turn, so that a busy neighbour changes nothing."
    yield ""
    yield from _table(
        ("", "", "beside"),
        (
            (
                one.name,
                f"{one.value:,.2f} {one.unit}",
                "; ".join(
                    [
                        f"{one.floor:,.2f} {one.unit}: {one.floored_by}",
                        *(f"{value:,.2f} {one.unit}: {name}" for name, value in one.peers.items()),
                    ]
                ),
            )
            for one in tables.speed
        ),
    )
