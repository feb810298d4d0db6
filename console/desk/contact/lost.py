"""Lost contact (失联): whether a debtor cannot be reached, by the attempts on the debtor's own numbers alone. Pure.

A number that the provider does not find may be one that it has no route to: only found on none of several days does
that count as none, and never as an attempt that failed.

Nobody declares it: what somebody says came of an attempt outside the desk's line is no evidence, nor is an attempt of
which nobody knows what came of it. A conversation, whoever called, a number seen in clear of which nobody has said what
came of it, and a result in which the debtor spoke end it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from console.desk.api.contact import Means
from console.desk.contact.facts import FAILED, Attempt, Facts, Outcome
from console.desk.contact.profile import LostContact

_TALKED: Final = frozenset({Outcome.CONNECTED, Outcome.SEEN, Outcome.BROKEN})


class Lost(NamedTuple):
    """Whether contact is lost, and how many attempts in a row failed."""

    holds: bool
    failed: int


def lost(rule: LostContact, facts: Facts, now: int) -> Lost:
    """By the attempts up to an instant, and what bears a later one."""
    calls = [one for one in facts.attempts if one.own and one.means is Means.CALL]
    own = sorted((one for one in calls if one.same_debtor), key=lambda one: one.at)
    # Two cases without an ID number do not know that their debtor is one: whoever answers that phone is not lost.
    theirs = [one for one in calls if one.same_debtor or one.number in facts.own_numbers]
    talks = [one.at for one in theirs if one.stands(now) in _TALKED]
    since = max([*talks, facts.reached_at if facts.reached_at is not None else -1], default=-1)
    tries = [one for one in own if one.at > since and not one.inbound]
    failed = [one for one in tries if one.outcome in FAILED]
    days = [facts.dated(one) for one in failed]
    tried = len(failed) > rule.failed and days[-1] > days[rule.failed - 1]
    return Lost(_invalid(rule, facts, tries) or tried or _in_a_row(days, rule.days), len(failed))


def _invalid(rule: LostContact, facts: Facts, tries: Sequence[Attempt]) -> bool:
    """Every number that the debtor has was tried and is none, by its last attempts."""
    by_number = ([one for one in tries if one.number == number] for number in facts.own_numbers)
    return bool(facts.own_numbers) and all(_none(rule, facts, of_one) for of_one in by_number)


def _none(rule: LostContact, facts: Facts, tries: Sequence[Attempt]) -> bool:
    """Whether a number is none: by the provider's word, or not found on so many days and never else since."""
    last, days = None, set[int]()
    for one in tries:
        if one.outcome in FAILED:
            last, days = one.outcome, set()
        elif one.outcome is Outcome.NOT_FOUND:
            days.add(facts.dated(one))
    return last is Outcome.INVALID or 0 < rule.not_found_days <= len(days)


def _in_a_row(days: Iterable[int], wanted: int) -> bool:
    """A failed attempt on each of so many days in a row."""
    run, before = 0, None
    for day in sorted(set(days)):
        run = run + 1 if before is not None and day == before + 1 else 1
        if run >= wanted:
            return True
        before = day
    return False
