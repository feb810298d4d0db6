"""A strategy's place of cases, written into their order; days and band stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, update

from access.store.schema import case_file
from console.desk.act import Act
from console.desk.work.order import RANK


def write_ranks(act: Act, ranks: Sequence[tuple[str, int]]) -> None:
    """Write places: case id and rank, 0..99."""
    if not ranks:
        return
    before = func.coalesce(case_file.c.rank, 0)
    statement = (
        update(case_file)
        .where(case_file.c.id == bindparam("case"))
        .values(rank=bindparam("place"), priority=case_file.c.priority + (bindparam("place") - before) * RANK)
    )
    act.db.execute(statement, [{"case": case_id, "place": rank} for case_id, rank in ranks])
