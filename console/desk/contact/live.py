"""The rules in force: the approved edition whose moment came last; until there is one, what came with the desk."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.schema import contact_edition
from console.desk.act import Act
from console.desk.contact.profile import SHIPPED, Profile, read, shipped_lines
from console.desk.contact.states import EditionState


class InForce(NamedTuple):
    """A profile, and the number of its edition; 0: it came with the desk."""

    profile: Profile
    edition: int


def edition_in_force(act: Act) -> RowMapping | None:
    """The edition that decides at the act's instant; none: what came with the desk does."""
    query = (
        select(contact_edition)
        .where(contact_edition.c.state == EditionState.APPROVED.value, contact_edition.c.starts_at <= act.now)
        .order_by(contact_edition.c.starts_at.desc(), contact_edition.c.edition.desc())
    )
    held = act.proofs.holding(act.uow, contact_edition, act.db.execute(query).mappings().all())
    return held[0] if held else None


def rules_in_force(act: Act) -> InForce:
    """The profile that decides now.

    Raises:
        Refused: `contact.rules_unreadable`: the edition in force cannot be read, so nothing is allowed.
    """
    row = edition_in_force(act)
    profile = read("\n".join(shipped_lines(SHIPPED[0])) if row is None else row["text"])
    if profile is None:
        act.refuse("contact.rules_unreadable", clause="S-5-1")
    return InForce(profile, 0 if row is None else row["edition"])
