"""Which notes of a case somebody may see at all, by the catalogue; an agency's people only those they wrote."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.engine import RowMapping

from access.policy import visible_cell
from access.store.proof import NEWEST, newest_version
from access.store.schema import case_note
from console.desk.act import Act
from console.desk.cases.rows import resource_of
from console.desk.conditions import standing
from masking.catalogue import Predicate
from masking.masks import MaskCode

NOTE: Final = "collection_note"
_READABLE: Final = frozenset({MaskCode.INLINE, MaskCode.SHOWN})


def visible(act: Act, case: RowMapping) -> Select[Any] | None:
    """The notes of a case that this viewer may see; none where there is no seeing any."""
    conditions = standing(act, case)
    cell = visible_cell(act.parts.catalogue, NOTE, act.actor, resource_of(case), conditions, act.now)
    if cell.code not in _READABLE:
        return None
    query = select(case_note, newest_version(case_note).label(NEWEST)).where(case_note.c.case_id == case["id"])
    if cell.predicate is Predicate.OWN_RECORD:
        query = query.where(case_note.c.author_id == act.actor.person_id)
    return query
