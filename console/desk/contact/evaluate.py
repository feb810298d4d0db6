"""Judging a contact: every rule of a profile with its verdict, figure and the moment from which it will allow.

Pure and total: any profile, facts and instant give an answer, and the same ones give the same. Nothing stops at the
first refusal; a person is told everything that stands against a contact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from types import MappingProxyType
from typing import Any, Final

from access.policy.holds import HoldReason
from console.desk.api.contact import RuleVerdict, Verdict
from console.desk.contact import profile as p
from console.desk.contact.counting import count, pause
from console.desk.contact.facts import Facts
from console.desk.contact.lost import lost
from console.desk.contact.profile import AnyRule, Profile
from console.desk.contact.wall import day_of, first, minute_of

_WEEK: Final = 8
_YEAR: Final = 120
_ROUNDS: Final = 12
Answer = tuple[str, dict[str, Any]]
"""Why not (empty: allowed) and the figures."""

_FINE: Final[Answer] = ("", {})


def evaluate(profile: Profile, facts: Facts, now: int) -> tuple[RuleVerdict, ...]:
    """Every rule of the profile that is for these means, in the profile's order."""
    return tuple(_judge(profile, rule, facts, now) for rule in profile.rules if facts.means in rule.means)


def allowed(verdicts: tuple[RuleVerdict, ...]) -> bool:
    """Whether no rule refuses; no rules at all allow nothing."""
    return bool(verdicts) and all(one.verdict != Verdict.REFUSED for one in verdicts)


def next_allowed(profile: Profile, facts: Facts, now: int) -> int | None:
    """When the contact will be allowed if nothing changes but the time; now if it is; none: by no time passing."""
    at = now
    for _ in range(_ROUNDS):
        verdicts = evaluate(profile, facts, at)
        refused = [one for one in verdicts if one.verdict == Verdict.REFUSED]
        if not refused:
            return at if verdicts else None
        if any(one.allowed_at is None for one in refused):
            return None
        later = max(one.allowed_at or 0 for one in refused)
        if later <= at:
            return None
        at = later
    return None


def liable(profile: Profile, facts: Facts) -> bool:
    """Whether whom the number reaches stands for the debt, by the lender's word for the relation."""
    words = {word.casefold() for one in profile.rules if isinstance(one, p.Party) for word in one.liable}
    return facts.relation.casefold() in words


def _judge(profile: Profile, rule: AnyRule, facts: Facts, now: int) -> RuleVerdict:
    if rule.mode == "off":
        return RuleVerdict(rule=rule.name, kind=p.kind_of(rule), clause=rule.clause, verdict=Verdict.OFF.value)
    why, found = _JUDGES[type(rule)](profile, rule, facts, now)
    figures = dict(found)
    advises = figures.pop("advice", False) or rule.mode == "advice"
    verdict = Verdict.ALLOWED if not why else Verdict.ADVICE if advises else Verdict.REFUSED
    return RuleVerdict(
        rule=rule.name, kind=p.kind_of(rule), clause=rule.clause, verdict=verdict.value, why=why, **figures
    )


def _workable(_profile: Profile, _rule: p.Workable, facts: Facts, _now: int) -> Answer:
    return _FINE if facts.workable else ("not_workable", {})


def _hold(_profile: Profile, _rule: p.Hold, facts: Facts, _now: int) -> Answer:
    if facts.hold is None or facts.hold == HoldReason.COMPLAINT:
        return _FINE
    return (f"hold_{facts.hold}" if facts.hold in set(HoldReason) else "hold_unknown"), {}


def _complaint(_profile: Profile, _rule: p.Complaint, facts: Facts, _now: int) -> Answer:
    return ("complaint", {}) if facts.hold == HoldReason.COMPLAINT else _FINE


def _stop(_profile: Profile, _rule: p.Stop, facts: Facts, _now: int) -> Answer:
    return (f"stop_{facts.stop}", {}) if facts.stop else _FINE


def _source(_profile: Profile, rule: p.Source, facts: Facts, _now: int) -> Answer:
    return _FINE if facts.source in rule.sources else ("source_unlawful", {})


def _party(profile: Profile, rule: p.Party, facts: Facts, now: int) -> Answer:
    del rule
    if not facts.third or liable(profile, facts):
        return _FINE
    gate = next((one for one in profile.rules if isinstance(one, p.LostContact) and one.mode == "block"), None)
    if gate is not None and lost(gate, facts, now).holds:
        # They may be asked how to reach the debtor, and told nothing of the debt.
        return "third_relay", {"advice": True}
    return ("third_not_lost" if gate is not None else "third_never"), {}


def _lost(profile: Profile, rule: p.LostContact, facts: Facts, now: int) -> Answer:
    found = lost(rule, facts, now)
    figures = {"used": found.failed, "limit": rule.failed}
    if found.holds or not facts.third or not _party(profile, _gate(profile), facts, now)[0]:
        return "", figures
    return "not_lost", figures


def _gate(profile: Profile) -> p.Party:
    return next(one for one in (*profile.rules, _NOBODY) if isinstance(one, p.Party))


_NOBODY: Final = p.Party(name="party", clause="S-5-5")


def _quiet(_profile: Profile, rule: p.QuietHours, facts: Facts, now: int) -> Answer:
    opens, closes = time.fromisoformat(rule.opens), time.fromisoformat(rule.closes)
    window = range(opens.hour * 60 + opens.minute, closes.hour * 60 + closes.minute)
    consents = [one for one in facts.consents if one.means is facts.means] if rule.consent_lifts else []

    def holds(at: int) -> bool:
        return minute_of(at, facts.zone) in window or any(one.covers(at, facts.zone, facts.means) for one in consents)

    if holds(now):
        return _FINE
    hours = {opens, *(_hour(one.from_minute) for one in consents), *(_hour(one.until_minute) for one in consents)}
    given = [one.given_at for one in consents]
    return "quiet_hours", {"allowed_at": first(now, facts.zone, holds, days=_WEEK, marks=hours, also=given)}


def _hour(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


def _holidays(_profile: Profile, rule: p.Holidays, facts: Facts, now: int) -> Answer:
    days = frozenset(rule.dates)

    def holds(at: int) -> bool:
        return day_of(at, facts.zone).isoformat() not in days

    return _FINE if holds(now) else ("holiday", {"allowed_at": first(now, facts.zone, holds, days=_YEAR)})


def _count(_profile: Profile, rule: p.Count, facts: Facts, now: int) -> Answer:
    return count(rule, facts, now)


def _pause(_profile: Profile, rule: p.Pause, facts: Facts, now: int) -> Answer:
    return pause(rule, facts, now)


def _recorder(_profile: Profile, _rule: p.Recorder, facts: Facts, _now: int) -> Answer:
    return _FINE if facts.recorder else ("recorder_not_ready", {})


def _agency(_profile: Profile, _rule: p.Agency, facts: Facts, now: int) -> Answer:
    return _FINE if facts.agency is None or now < facts.agency else ("agency_not_in_date", {})


_JUDGES: Final[Mapping[type, Callable[[Profile, Any, Facts, int], Answer]]] = MappingProxyType(
    {
        p.Workable: _workable,
        p.Hold: _hold,
        p.Complaint: _complaint,
        p.Stop: _stop,
        p.Source: _source,
        p.Party: _party,
        p.LostContact: _lost,
        p.QuietHours: _quiet,
        p.Holidays: _holidays,
        p.Count: _count,
        p.Pause: _pause,
        p.Recorder: _recorder,
        p.Agency: _agency,
    }
)
