"""Printouts of single cases, leaked line by line: how many lines of a page name the copy that they were read from.

Pages are made by the desk's own sheet and writer, read back by the tracer's own readers; every case was printed for
several people, so that all but one of its pages are innocent copies of the same lines.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from access.roles import Role
from console.bench.trace.chance import Share
from console.bench.trace.written import COLUMNS
from console.desk.exports import writers
from console.desk.exports.case_sheet import CaseSheet
from console.desk.exports.chain import Reach
from console.desk.exports.columns import columns
from console.desk.exports.gather import Line
from console.fragments import read_fragment
from console.texts import Texts
from masking.catalogue import Catalogue
from watermark.finders import finders
from watermark.fragment import Fragment
from watermark.keyed import Keyed
from watermark.registry import MemoryRegistry
from watermark.trace import Tracer
from watermark.verdict import Finding
from watermark.visible import export_number

LINES: Final = (1, 2, 3, 4, len(COLUMNS))
EACH: Final = 10
"""Prints of each case."""


def printed(keyed: Keyed, prints: int, lines: Sequence[int] = LINES) -> dict[int, Share]:
    """Return what came of so many prints, by how many lines were left of each.

    Args:
        keyed: the secret.
        prints: how many; `EACH` of every case.
        lines: counts of lines, drawn from the page at random; the visible mark is cut off.
    """
    registry = MemoryRegistry()
    pages: dict[int, Fragment] = {}
    with tempfile.TemporaryDirectory(prefix="veildesk-prints-") as folder:
        for serial in range(1, prints + 1):
            case = _lines(serial // EACH)
            numbers = [registry.add_row(one.row_id, finders(keyed, numbers=[one.number])) for one in case]
            registry.issue(serial, asker="S", asked_at=0, numbers=numbers)
            pages[serial] = _page(keyed, serial, case, Path(folder))
    tracer = Tracer({1: keyed}, registry)
    return {count: _left(tracer, pages, count) for count in lines}


def _left(tracer: Tracer, pages: dict[int, Fragment], count: int) -> Share:
    draw = random.Random(count)  # noqa: S311 - any lines will do
    named = suspected = accused = 0
    for serial, page in pages.items():
        rows = draw.sample(list(page.rows), count)
        found = {one.serial: one.finding for one in tracer.trace(Fragment(rows)).candidates}
        named += found.get(serial) is Finding.COPY
        suspected += found.get(serial, Finding.UNDETERMINED) is not Finding.UNDETERMINED
        accused += sum(finding is Finding.COPY for other, finding in found.items() if other != serial)
    return Share(len(pages), named, named, suspected, len(pages) * (len(pages) - 1), accused)


def _page(keyed: Keyed, serial: int, case: Sequence[Line], folder: Path) -> Fragment:
    """The lines of a printed page, as the tracer reads them; header, footer and titles are cut off."""
    found = columns(Catalogue.load(), COLUMNS, Role.SUPERVISOR, Reach.INTERNAL, "display")
    if found is None:
        raise AssertionError
    path = folder / f"{serial}.csv"
    path.touch()
    writers.write("csv", path, CaseSheet(found, Texts("zh_CN"), export_number(serial), keyed, serial), [case])
    fragment = read_fragment(path.read_bytes())
    return Fragment([row for row in fragment.rows if row[0].startswith("C-")])


def _lines(case: int) -> list[Line]:
    number = f"1****************{case % 10}"
    values: tuple[str | int, ...] = ("王*", number, "138****8000", "北京市朝阳区****", 86_000, 90_200, 12, "2026-10-05")
    return [
        Line(f"{case:024x}{place:08x}", f"C-2026-{case:07d}-{place + 1:02d}", (value,), place)
        for place, value in enumerate(values)
    ]
