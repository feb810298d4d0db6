"""Whether the debtor of a case is out of reach (失联), as a condition of what may be seen of contacts and asked for.

The same judgement that gates a call to a third person (`console.desk.contact.lost`), by the rules in force; rules that
know no lost contact find nobody lost. It reads the case's attempts, so lists go without it.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from access.policy import Conditions, Refused
from access.store.schema import contact_slot
from console.desk.act import Act
from console.desk.api.contact import Means
from console.desk.conditions import standing
from console.desk.contact.gather import OWN, Row, debtor_of, gather
from console.desk.contact.live import rules_in_force
from console.desk.contact.lost import lost
from console.desk.contact.profile import LostContact


def standing_in_full(act: Act, row: Row) -> Conditions:
    """What holds for an act on one case row, lost contact included; by rules that nobody can read nobody is lost."""
    return replace(standing(act, row), lost_contact=_lost(act, row))


def _lost(act: Act, row: Row) -> bool:
    tried = select(contact_slot.c.id).where(contact_slot.c.debtor == debtor_of(row)).limit(1)
    if act.db.execute(tried).first() is None:
        return False
    try:
        rules = rules_in_force(act).profile.rules
    except Refused:
        return False
    rule = next((one for one in rules if isinstance(one, LostContact)), None)
    if rule is None:
        return False
    known = gather(act, row, Means.CALL)
    number = next((one for one in known.numbers if one.contact.field == OWN), None)
    return number is not None and lost(rule, known.facts(number), act.now).holds
