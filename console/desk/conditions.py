"""The live conditions of a decision, as the desk knows them at the act's instant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import RowMapping

from access.policy import Conditions
from console.desk.act import Act
from console.desk.cases.states import workable


def standing(act: Act, row: Mapping[str, Any] | RowMapping | None = None) -> Conditions:
    """What holds for an act on a case row, or on no case: nobody in a call yet, nothing granted, nothing left."""
    del act
    if row is None:
        return Conditions()
    return Conditions(workable=workable(row["state"]), hold=row["hold"])
