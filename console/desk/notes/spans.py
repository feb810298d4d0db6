"""Notes as something to be revealed: what is hidden in one is asked for, approved and shown like any other value.

A note is named by its place on the case, from 1, which stands in its own proven row and never moves. Which notes can
be named at all is what their viewer sees and finds something hidden in.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.engine import RowMapping

from access.store.schema import case_file, case_note
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.notes import keeping
from console.desk.notes.visible import NOTE, visible
from masking.case_keys import Purpose
from masking.errors import SealBroken

OFFERED: Final = 8
"""How many notes the form for asking offers, the newest; older ones are asked for from the list of notes."""


class Hidden(NamedTuple):
    """A note with something hidden in it: its place on the case, and its masked text."""

    ordinal: int
    text: str


def next_ordinal(act: Act, case_id: str) -> int:
    """The place of a note that is written now; of two written at once the later one begins again."""
    # A lock would not do: an act sees one moment, and only a row written since makes the second one begin again.
    act.db.execute(update(case_file).where(case_file.c.id == case_id).values(last_result=case_file.c.last_result))
    highest = select(func.max(case_note.c.ordinal)).where(case_note.c.case_id == case_id)
    return int(act.db.execute(highest).scalar() or 0) + 1


def hidden(act: Act, case: RowMapping, ordinals: Collection[int] | None = None) -> tuple[Hidden, ...]:
    """Notes with something hidden that the viewer sees, the newest first; `ordinals`: only these."""
    query = visible(act, case)
    if query is None or ordinals == ():
        return ()
    if ordinals is not None:
        query = query.where(case_note.c.ordinal.in_(sorted(ordinals)))
    rows = act.db.execute(query.order_by(case_note.c.id.desc()).limit(None if ordinals else 4 * OFFERED)).mappings()
    found: list[Hidden] = []
    for row in act.parts.proofs.holding(act.uow, case_note, rows.all()):
        try:
            shown = keeping.read_shown(act.parts, row)
        except SealBroken:
            act.parts.broken.report(case_note.name, row["id"], "shown")
            continue
        if shown.found:
            found.append(Hidden(row["ordinal"], shown.text))
    return tuple(found[: len(ordinals) if ordinals is not None else OFFERED])


def require_hidden(act: Act, case: RowMapping, fields: Collection[FieldRef]) -> None:
    """Go on only if every note that is asked for is one to be asked for.

    Raises:
        Refused: `field.absent`.
    """
    wanted = {ref.ordinal for ref in fields if ref.name == NOTE}
    if wanted and {one.ordinal for one in hidden(act, case, tuple(wanted))} != wanted:
        act.refuse("field.absent")


def open_note(act: Act, case: RowMapping, ordinal: int) -> str:
    """A whole note as it was written. Whoever calls has decided and appended the event of this use.

    Raises:
        Refused: `field.absent`: the viewer sees no such note; `case.shredded`.
        SealBroken: the ciphertext is not this note's.
    """
    query = visible(act, case)
    rows = [] if query is None else act.db.execute(query.where(case_note.c.ordinal == ordinal)).mappings().all()
    note = next(iter(act.parts.proofs.holding(act.uow, case_note, rows)), None)
    if note is None:
        act.refuse("field.absent")
    return keeping.original(act, case, note, Purpose.REVEAL)
