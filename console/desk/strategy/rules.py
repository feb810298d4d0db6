"""A strategy's rules as typed data. Pure.

The first rule that a case meets is the case's. Conditions and order go by what no mask hides: days past due, product,
and the amount due only at the edges of the catalogue's amount buckets, so that neither who holds a case nor where it
stands tells anybody more than their mask does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum, unique
from typing import Final

import msgspec

EDGES: Final = (0, 1_000, 10_000, 50_000, 200_000)
"""Where the bucket of an amount changes, in major units (requirements §2.1, mask BKT)."""

FOREVER: Final = 1_000_000_000
KEEP: Final = "keep"
POOL: Final = "pool"
TEAM: Final = "team"


def bucket_floor(due: int) -> int:
    """Return the lower edge, in major units, of the bucket that an amount in minor units lies in."""
    if due > EDGES[-1] * 100:
        return EDGES[-1]
    return max(edge for edge in EDGES[:-1] if edge * 100 <= max(due, 0))


@unique
class Means(StrEnum):
    """By what means a case is worked first."""

    CALL = "call"
    LETTER = "letter"
    SMS = "sms"
    VISIT = "visit"


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule.

    Attributes:
        name: Code name.
        days: Days past due from and to, both included.
        amount: Amount due from, up to but not including, in major units; both are edges.
        products: Any of these on the case; none means any.
        rank: Place inside a band of the queue, 0..99, the highest first.
        channel: First means; empty leaves it open.
        interval_days: Least days between two contacts.
        to: Staff numbers, or `team`, `keep` or `pool`.
        take: Also cases that somebody else holds; otherwise only the pool's.
    """

    name: str
    days: tuple[int, int] = (0, FOREVER)
    amount: tuple[int, int] = (0, FOREVER)
    products: tuple[str, ...] = ()
    rank: int = 0
    channel: str = ""
    interval_days: int = 0
    to: tuple[str, ...] = (KEEP,)
    take: bool = False

    def meets(self, days: int, due: int, products: Sequence[str]) -> bool:
        """Tell whether a case is this rule's. due: minor units."""
        return (
            self.days[0] <= days <= self.days[1]
            and self.amount[0] <= bucket_floor(due) < self.amount[1]
            and (not self.products or not set(self.products).isdisjoint(products))
        )


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """A whole strategy.

    Attributes:
        name: What it is called.
        rules: In order; the first that a case meets counts.
        capacity: Most open cases, by staff number.
        default: Most open cases of everybody else; none: the desk's setting.
    """

    name: str
    rules: tuple[Rule, ...]
    capacity: Mapping[str, int] = msgspec.field(default_factory=dict)
    default: int | None = None

    def most(self, staff_no: str, usual: int) -> int:
        """Return the most open cases that somebody may hold."""
        return self.capacity.get(staff_no, usual if self.default is None else self.default)

    def rule_for(self, days: int, due: int, products: Sequence[str]) -> Rule | None:
        """Return the case's rule. due: minor units."""
        return next((rule for rule in self.rules if rule.meets(days, due, products)), None)

    @property
    def asks_products(self) -> bool:
        """Whether any rule depends on products."""
        return any(rule.products for rule in self.rules)

    @property
    def staff(self) -> frozenset[str]:
        """Every staff number that is named."""
        named = {one for rule in self.rules for one in rule.to} - {KEEP, POOL, TEAM}
        return frozenset(named | set(self.capacity))

    def contact_limits(self) -> tuple[object, ...]:
        """Return what bears on how and how often customers are contacted: it changes only with compliance's consent."""
        return tuple(
            (rule.days, rule.amount, rule.products, rule.channel, rule.interval_days)
            for rule in self.rules
            if rule.channel or rule.interval_days
        )
