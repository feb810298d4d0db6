"""Figures of a contact rule: how often in how many days, how long after. Days are dates where the debtor is. Pure.

What bears a later date than today counts as today's, so a clock set back gives nobody a call more.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from console.desk.contact.facts import CONNECTED, PLACED, UNANSWERED, Attempt, Facts
from console.desk.contact.profile import Count, Pause, Per
from console.desk.contact.wall import day_of, first

_OF: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "connected": frozenset(str(one) for one in CONNECTED),
        "unanswered": frozenset(str(one) for one in UNANSWERED),
        "placed": frozenset(str(one) for one in PLACED),
    }
)


def count(rule: Count, facts: Facts, now: int) -> tuple[str, dict[str, Any]]:
    """Why not (empty: allowed), and used, limit, when."""
    about = _about(rule, facts)
    days = {id(one): facts.dated(one) for one in about}

    def used(at: int) -> int:
        since = day_of(at, facts.zone).toordinal() - rule.days + 1
        return sum(1 for one in about if days[id(one)] >= since and _counts(rule.of, one, at))

    found = used(now)
    figures: dict[str, Any] = {"used": found, "limit": rule.limit}
    if found >= rule.limit:
        also = [one.expires_at for one in about]
        when = first(now, facts.zone, lambda at: used(at) < rule.limit, days=rule.days, also=also)
        return f"count_{rule.of}", figures | {"allowed_at": when}
    if rule.warn is not None and found >= rule.warn:
        return f"near_{rule.of}", figures | {"advice": True}
    return "", figures


def pause(rule: Pause, facts: Facts, now: int) -> tuple[str, dict[str, Any]]:
    """Why not (empty: allowed), and when."""
    about = _about(rule, facts)
    days = {id(one): facts.dated(one) for one in about}

    def rests(at: int) -> bool:
        today = day_of(at, facts.zone).toordinal()
        return not any(_counts(rule.after, one, at) and today < days[id(one)] + rule.days for one in about)

    if rests(now):
        return "", {}
    also = [one.expires_at for one in about]
    when = first(now, facts.zone, rests, days=rule.days, also=also)
    return f"pause_{rule.after}", {"allowed_at": when}


def _about(rule: Count | Pause, facts: Facts) -> list[Attempt]:
    """The attempts that a rule looks at."""
    return [
        one
        for one in facts.attempts
        if _same(rule.per, one) and one.means in rule.means and (rule.inbound or not one.inbound)
    ]


def _same(per: Per, attempt: Attempt) -> bool:
    if per == "debtor":
        # Without an ID number two cases do not know that their debtor is one; the debtor's own number does.
        return attempt.same_debtor or (attempt.own and attempt.same_number)
    return attempt.same_number if per == "number" else attempt.same_debt


def _counts(of: str, attempt: Attempt, at: int) -> bool:
    return str(attempt.stands(at)) in _OF[of]
