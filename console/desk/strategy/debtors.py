"""An interest is in a customer, so it keeps a person from every case of that debtor at that creditor.

A debtor is known by one blind entry of ID number and name, under which imports merge (`case_file.debtor`); nothing
here opens anything. Who is kept from a case stands in the case's own proven row, where `decide` meets it. A debtor
without an ID number is known by nothing but the one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import and_, select
from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows
from access.policy import Action, barred_ids
from access.store.proof_many import Change, update_many
from access.store.schema import case_file, interest
from console.desk.act import Act

IN_FORCE: Final = ("active", "lifting")
_CHUNK: Final = 500
Row = RowMapping | dict[str, Any]


def cases_of(act: Act, case: Row) -> list[RowMapping]:
    """A case and every other of the same debtor at the same creditor, also such as wait to be published."""
    same = case_file.c.id == case["id"]
    if case["debtor"] is not None:
        same = and_(case_file.c.tenant_id == case["tenant_id"], case_file.c.debtor == case["debtor"])
    query = act.uow.lock(select(case_file).where(same).order_by(case_file.c.id))
    return act.proofs.holding(act.uow, case_file, act.db.execute(query).mappings().all())


def bar(act: Act, rows: Sequence[Row], person_id: str) -> None:
    """Keep a person from cases; those in their hands return to the pool."""
    changes = [
        Change(
            row_id=row["id"],
            version=row["version"],
            values={
                "barred": _joined({*barred_ids(row["barred"]), person_id}),
                "assignee_id": None if row["assignee_id"] == person_id else row["assignee_id"],
            },
            event=_event(act, Action.CASE_INTEREST_DECLARE, row),
        )
        for row in rows
    ]
    update_many(act.uow, act.proofs, case_file, changes)


def free(act: Act, rows: Sequence[Row], person_id: str) -> None:
    """Keep a person from cases no more."""
    changes = [
        Change(
            row_id=row["id"],
            version=row["version"],
            values={"barred": _joined(set(barred_ids(row["barred"])) - {person_id})},
            event=_event(act, Action.CASE_INTEREST_LIFT, row),
        )
        for row in rows
    ]
    update_many(act.uow, act.proofs, case_file, changes)


def bar_new_cases(act: Act, batch_id: str) -> None:
    """Keep from a batch's new cases whoever is kept from their debtors already, in the act that publishes it."""
    kept: dict[tuple[str, bytes], set[str]] = {}
    for one in held_rows(act.uow, act.proofs, interest, interest.c.state.in_(IN_FORCE), interest.c.debtor.is_not(None)):
        kept.setdefault((one["tenant_id"], bytes(one["debtor"])), set()).add(one["person_id"])
    # Interests are few and a batch may be large: the debtors' own index leads to the cases.
    debtors = sorted({debtor for _, debtor in kept})
    rows: list[RowMapping] = []
    for start in range(0, len(debtors), _CHUNK):
        part = debtors[start : start + _CHUNK]
        query = select(case_file).where(case_file.c.debtor.in_(part), case_file.c.batch_id == batch_id)
        found = act.db.execute(act.uow.lock(query)).mappings().all()
        rows += act.proofs.holding(act.uow, case_file, found)
    changes = [
        Change(
            row_id=row["id"],
            version=row["version"],
            values={"barred": _joined({*barred_ids(row["barred"]), *whom})},
            event=_event(act, Action.CASE_INTEREST_DECLARE, row, reason="same_debtor"),
        )
        for row in rows
        if (whom := kept.get((row["tenant_id"], bytes(row["debtor"])), set()) - set(barred_ids(row["barred"])))
    ]
    update_many(act.uow, act.proofs, case_file, changes)


def _joined(ids: set[str]) -> str | None:
    return ",".join(sorted(ids)) or None


def _event(act: Act, action: Action, row: Row, **more: str) -> Any:  # noqa: ANN401 - an event
    return act.event(
        action, object_kind="case", object_id=row["id"], case_id=row["id"], tenant_id=row["tenant_id"], **more
    )
