"""A template filled in for a case: a figure, a day and the official account, each of its own type and within bounds.

Nobody types words. The figure is what the case owes unless a smaller one is asked for; the account comes from the
settings alone. What is filled in is judged once more by the list of words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.schema import case_seals
from console.desk.act import Act
from console.desk.api.contact import ContactRef
from console.desk.messages.editions import live_template
from console.desk.messages.length import split
from console.desk.messages.templates import Parameter, amount, day
from console.desk.messages.words import sensitive
from console.desk.work.calendar import parse_day, today
from masking.case_seals import find, unpack
from masking.gm import sm3

FURTHEST: Final = timedelta(days=90)
"""How far ahead, and back, a message's day may be."""

_DIGITS: Final = re.compile(r"\d(?=(?:\D*\d){4})")
Row = RowMapping | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """A message. shown: with the account behind its mask; digest: names text and number."""

    template: RowMapping
    text: str = field(repr=False)
    shown: str = field(repr=False)
    amount: int
    day: str
    digest: str

    @property
    def parts(self) -> tuple[str, ...]:
        """Its short messages."""
        return split(self.text)


def fill(  # noqa: PLR0917 - what was asked for
    act: Act, case: Row, contact: ContactRef, template_id: str, minor: int | None, on: str
) -> Filled:
    """Fill a live template in.

    Raises:
        Refused: `template.none`, `template.not_live`, `template.faulty`; `message.amount`, `message.day`,
            `message.no_account`, `message.no_signature`, `message.sensitive`.
    """
    said = act.parts.settings.message
    row, template = live_template(act, template_id)
    if not said.signature:
        act.refuse("message.no_signature")
    wanted = template.parameters
    there = today(act.now, case["zone"])
    when = parse_day(on) if on else there
    if when is None or not there - FURTHEST <= when <= there + FURTHEST:
        act.refuse("message.day", days=str(FURTHEST.days))
    figure = case["due"] if minor is None else minor
    if Parameter.AMOUNT in wanted and not 0 < figure <= case["due"]:
        act.refuse("message.amount")
    if Parameter.ACCOUNT in wanted and not said.account:
        act.refuse("message.no_account")
    values = {
        Parameter.AMOUNT: amount(figure, case["currency"]),
        Parameter.DATE: day(when),
        Parameter.ACCOUNT: said.account,
    }
    text = template.fill(values, said.signature)
    if sensitive(text) is not None:
        act.refuse("message.sensitive")
    bound = "\n".join((case["id"], contact.field, str(contact.ordinal), _number(act, case, contact), row["id"], text))
    return Filled(row, text, veiled(text, said.account), figure, day(when), sm3(bound.encode()).hex())


def _number(act: Act, case: Row, contact: ContactRef) -> str:
    """The entry of the number that stands at a place now: a corrected one is another; empty where none stands."""
    blob = act.db.execute(select(case_seals.c.seals).where(case_seals.c.case_id == case["id"])).scalar_one_or_none()
    found = find(unpack(bytes(blob)), contact.field, contact.ordinal) if blob is not None else None
    return found.blind.hex() if found is not None and found.blind is not None else ""


def veiled(text: str, account: str) -> str:
    """A message as it is shown: of the account's digits the last four."""
    return text.replace(account, _DIGITS.sub("*", account)) if account else text
