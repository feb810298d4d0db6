"""What an import takes of memory does not follow the file: four times the rows, hardly more than the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.bench import import_watched
from console.bench.desks import lenders_file

ROWS = 5_000
MORE = 1.25
"""The page cache of the database, 128 MB at most, fills meanwhile; rows that were kept would show beside it."""


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.clause("issue-2")
def test_four_times_the_rows_take_hardly_more_memory(tmp_path: Path) -> None:
    small, large = (import_watched.watch(lenders_file(tmp_path, rows)) for rows in (ROWS, 4 * ROWS))
    assert 50 < small.memory < large.memory * MORE
    assert large.memory < small.memory * MORE, (small, large)
    assert large.wait > 0
