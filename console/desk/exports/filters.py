"""Which cases an export is about: a unit's, by figures everybody there sees. No hidden value has a say (design §4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select
from sqlalchemy.engine import RowMapping

from access.store.schema import case_file
from console.desk.api.exports import Rule
from console.desk.cases.rows import published

Row = Mapping[str, Any] | RowMapping


def encode(rule: Rule) -> str:
    """Return a rule as it is stored."""
    return msgspec.json.encode(rule).decode()


def decode(text: str) -> Rule:
    """Read it back."""
    return msgspec.json.decode(text, type=Rule)


def fits(rule: Rule) -> bool:
    """Tell whether bounds are in order and not negative."""
    pairs = ((rule.days_from, rule.days_to), (rule.due_from, rule.due_to))
    known = [one for pair in pairs for one in pair if one is not None]
    return all(one >= 0 for one in known) and all(low is None or high is None or low <= high for low, high in pairs)


def chosen(row: Row) -> ColumnElement[bool]:
    """True for the cases that an export is about: published, of its unit, of its agency where it goes to one."""
    rule = decode(row["filter"])
    parts: list[ColumnElement[bool]] = [published(), case_file.c.unit_id == row["unit_id"]]
    if row["agency_id"] is not None:
        parts.append(case_file.c.agency_id == row["agency_id"])
    if rule.case:
        parts.append(case_file.c.id == rule.case)
    for column, low, high in (
        (case_file.c.days_past_due, rule.days_from, rule.days_to),
        (case_file.c.due, rule.due_from, rule.due_to),
    ):
        if low is not None:
            parts.append(column >= low)
        if high is not None:
            parts.append(column <= high)
    return and_(*parts)


def count(connection: Connection, row: Row) -> int:
    """Return how many cases the rule meets now."""
    query = select(func.count()).select_from(case_file).where(chosen(row))
    return int(connection.execute(query).scalar_one())
