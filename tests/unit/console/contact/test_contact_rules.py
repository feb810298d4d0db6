"""Contact rules, pure: a table a rule, and promises over zones, midnights, changed clocks and ends of months."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from access.policy.holds import HoldReason
from console.desk.api.contact import Means, RuleVerdict, Verdict
from console.desk.contact.evaluate import allowed, evaluate, next_allowed
from console.desk.contact.facts import CONNECTED, FAILED, PLACED, SETTLED, UNANSWERED, Attempt, Consent, Facts, Outcome
from console.desk.contact.profile import SHIPPED, Profile, Rule, parse, shipped_lines
from console.desk.contact.wall import day_of, first, minute_of, wall
from console.desk.special.states import OUTCOMES as AS_TOLD
from console.desk.special.states import Report

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
SHANGHAI, YORK, PAULO, LORD_HOWE = "Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe"
ZONES = (SHANGHAI, YORK, PAULO, LORD_HOWE, "Europe/London", "Pacific/Apia", "Africa/Cairo", "UTC")
NUMBER = "a" * 32


def profile(code: str) -> Profile:
    found, faults = parse(shipped_lines(code))
    assert found is not None, faults
    return found


CN, US = profile("cn"), profile("us-reg-f")


def at(text: str, zone: str = SHANGHAI) -> int:
    there = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return int((there - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * SECOND


def facts(**more: Any) -> Facts:
    """A debtor against whom nothing stands."""
    fine: dict[str, Any] = {
        "means": Means.CALL,
        "zone": SHANGHAI,
        "third": False,
        "own_numbers": frozenset({NUMBER}),
        "workable": True,
        "source": "contract",
        "recorder": True,
        "agency": None,
    }
    return Facts(**fine | more)


def tried(when: int, outcome: Outcome = Outcome.UNANSWERED, **more: Any) -> Attempt:
    made: dict[str, Any] = {"at": when, "expires_at": when + 300 * SECOND, "outcome": outcome, "means": Means.CALL}
    return Attempt(**made | {"number": NUMBER} | more)


def rule(rules: Profile, known: Facts, now: int, name: str) -> RuleVerdict:
    return next(one for one in evaluate(rules, known, now) if one.rule == name)


NOON = at("2026-11-20 12:00")
TABLE = (
    pytest.param({"workable": False}, "workable", "not_workable", marks=pytest.mark.clause("C-5.4a")),
    *(
        pytest.param({"hold": reason.value}, "hold", f"hold_{reason}", marks=pytest.mark.clause("S-4.6", "S-6-25"))
        for reason in HoldReason
        if reason is not HoldReason.COMPLAINT
    ),
    pytest.param({"hold": "what"}, "hold", "hold_unknown", marks=pytest.mark.clause("S-4.6")),
    pytest.param({"hold": "complaint"}, "complaint", "complaint", marks=pytest.mark.clause("S-4.9")),
    pytest.param({"stop": "asked"}, "do_not_contact", "stop_asked", marks=pytest.mark.clause("R-54")),
    pytest.param({"source": ""}, "source", "source_unlawful", marks=pytest.mark.clause("S-5-13")),
    pytest.param({"source": "bought"}, "source", "source_unlawful", marks=pytest.mark.clause("S-5-13")),
    pytest.param({"third": True}, "party", "third_not_lost", marks=pytest.mark.clause("S-5-5")),
    pytest.param({"third": True}, "lost_contact", "not_lost", marks=pytest.mark.clause("S-5-6")),
    pytest.param({"recorder": False}, "recorder", "recorder_not_ready", marks=pytest.mark.clause("S-5-11")),
    pytest.param({"agency": 0}, "agency", "agency_not_in_date", marks=pytest.mark.clause("S-5-15")),
)


@pytest.mark.parametrize(("against", "name", "why"), TABLE)
def test_one_thing_against_a_contact_refuses_by_its_rule(against: dict[str, Any], name: str, why: str) -> None:
    fine = evaluate(CN, facts(), NOON)
    assert allowed(fine)
    found = evaluate(CN, facts(**against), NOON)
    assert not allowed(found)
    assert [one.why for one in found if one.rule == name] == [why]
    assert next_allowed(CN, facts(**against), NOON) is None
    # The others are looked at all the same.
    assert [one.rule for one in found] == [one.rule for one in fine]


@pytest.mark.clause("S-5-15")
def test_an_agency_is_in_date_until_its_end_and_no_instant_longer() -> None:
    for end, why in ((NOON + 1, ""), (NOON, "agency_not_in_date"), (NOON - 1, "agency_not_in_date")):
        assert rule(CN, facts(agency=end), NOON, "agency").why == why


@pytest.mark.clause("S-5-5")
def test_who_stands_for_the_debt_is_no_third_party() -> None:
    assert allowed(evaluate(CN, facts(third=True, relation="担保人"), NOON))
    assert not allowed(evaluate(CN, facts(third=True, relation="朋友"), NOON))
    assert not allowed(evaluate(US, facts(third=True, relation="friend"), NOON))


@pytest.mark.clause("S-5-1")
@pytest.mark.parametrize(
    ("clock", "fine", "later"),
    [
        ("2026-11-20 07:59:59", False, "2026-11-20 08:00"),
        ("2026-11-20 08:00:00", True, None),
        ("2026-11-20 21:59:59", True, None),
        ("2026-11-20 22:00:00", False, "2026-11-21 08:00"),
        ("2026-11-30 23:30:00", False, "2026-12-01 08:00"),
        ("2026-12-31 22:00:00", False, "2027-01-01 08:00"),
    ],
)
def test_quiet_hours_where_the_debtor_is(clock: str, *, fine: bool, later: str | None) -> None:
    for zone in (SHANGHAI, YORK):
        found = rule(CN, facts(zone=zone), at(clock, zone), "quiet_hours")
        assert (found.verdict == Verdict.ALLOWED) is fine
        assert found.allowed_at == (at(later, zone) if later else None)


@pytest.mark.clause("S-5-1")
def test_a_consent_lifts_quiet_hours_for_its_means_hours_and_time() -> None:
    night = at("2026-11-20 23:00")
    consent = Consent(Means.CALL, 22 * 60, 60, night - DAY, night + DAY)
    assert allowed(evaluate(CN, facts(consents=(consent,)), night))
    assert allowed(evaluate(CN, facts(consents=(consent,)), at("2026-11-21 00:59")))
    assert not allowed(evaluate(CN, facts(consents=(consent,)), at("2026-11-21 01:00")))
    assert not allowed(evaluate(CN, facts(consents=(consent,), means=Means.SMS), night))
    assert not allowed(evaluate(CN, facts(consents=(consent,)), night - 2 * DAY))
    assert not allowed(evaluate(CN, facts(consents=(consent,)), night + DAY))
    early = rule(CN, facts(consents=(Consent(Means.CALL, 360, 420, night - 1, night + DAY),)), night, "quiet_hours")
    assert early.allowed_at == at("2026-11-21 06:00")


@pytest.mark.clause("S-5-2")
def test_three_conversations_a_debtor_a_day_over_every_case() -> None:
    talks = tuple(
        tried(NOON - nth * HOUR, Outcome.CONNECTED, same_debt=nth == 1, same_number=False) for nth in range(1, 4)
    )
    found = rule(CN, facts(attempts=talks), NOON, "connected")
    assert (found.verdict, found.used, found.limit) == ("refused", 3, 3)
    assert found.allowed_at == at("2026-11-21 00:00")
    assert next_allowed(CN, facts(attempts=talks), NOON) == at("2026-11-21 08:00")
    assert allowed(evaluate(CN, facts(attempts=talks[:2]), NOON))
    elsewhere = tuple(tried(one.at, Outcome.CONNECTED, same_debtor=False, same_number=False) for one in talks)
    assert allowed(evaluate(CN, facts(attempts=elsewhere), NOON))
    # The stricter reading of the clause: it does not matter who dialled. One that nobody took is no conversation.
    inbound = tuple(tried(one.at, Outcome.CONNECTED, inbound=True) for one in talks)
    assert rule(CN, facts(attempts=inbound), NOON, "connected").used == 3
    missed = tuple(tried(one.at, inbound=True) for one in talks)
    assert [rule(CN, facts(attempts=missed), NOON, name).used for name in ("connected", "unanswered")] == [0, 0]


@pytest.mark.clause("S-5-2")
def test_two_cases_without_an_id_number_are_one_debtor_by_the_debtors_own_phone() -> None:
    there = {"same_debtor": False, "same_debt": False}
    talks = tuple(tried(NOON - nth * HOUR, Outcome.CONNECTED, **there) for nth in range(1, 4))
    assert rule(CN, facts(attempts=talks), NOON, "connected").verdict == "refused"
    # Another debtor's contact has that number: who was talked to is not known by it.
    contact = tuple(tried(one.at, Outcome.CONNECTED, own=False, **there) for one in talks)
    assert rule(CN, facts(attempts=contact), NOON, "connected").used == 0


@pytest.mark.clause("S-5-3", "T17")
@pytest.mark.parametrize(("count", "verdict"), [(4, "allowed"), (5, "advice"), (6, "refused"), (7, "refused")])
def test_six_attempts_a_number_a_day_and_a_word_at_five(count: int, verdict: str) -> None:
    some = tuple(tried(NOON - nth * 1000 * SECOND) for nth in range(1, count + 1))
    found = rule(CN, facts(attempts=some), NOON, "unanswered")
    assert (found.verdict, found.used) == (verdict, count)
    other = tuple(tried(one.at, same_number=False) for one in some)
    assert rule(CN, facts(attempts=other), NOON, "unanswered").used == 0


@pytest.mark.clause("issue-5")
@pytest.mark.parametrize(("rules", "limit"), [(CN, 3), (US, 7)])
def test_messages_are_counted_by_themselves_and_the_last_but_one_is_said(rules: Profile, limit: int) -> None:
    def written(count: int, outcome: Outcome = Outcome.CONNECTED) -> Facts:
        some = tuple(tried(NOON - nth * 600 * SECOND, outcome, means=Means.SMS) for nth in range(1, count + 1))
        calls = tuple(tried(NOON - nth * 700 * SECOND) for nth in range(1, 9))
        return facts(means=Means.SMS, attempts=(*some, *calls))

    verdicts = [rule(rules, written(count), NOON, "messages") for count in range(limit + 2)]
    assert [one.verdict for one in verdicts] == ["allowed"] * (limit - 1) + ["advice", "refused", "refused"]
    assert [(one.used, one.limit) for one in verdicts] == [(count, limit) for count in range(limit + 2)]
    days = 1 if limit == 3 else 7
    assert verdicts[limit].allowed_at == at("2026-11-21 00:00") + (days - 1) * DAY
    # What did not leave is none; what waits, or nobody knows of, is one. A call is not kept back by messages.
    assert rule(rules, written(limit, Outcome.CANCELLED), NOON, "messages").used == 0
    for open_ in (Outcome.PENDING, Outcome.BROKEN):
        assert rule(rules, written(limit, open_), NOON, "messages").verdict == "refused"
    assert not any(one.rule == "messages" for one in evaluate(rules, facts(), NOON))


@pytest.mark.clause("S-5-4")
def test_an_interval_only_advises() -> None:
    found = rule(CN, facts(attempts=(tried(NOON - DAY),)), NOON, "interval")
    assert (found.verdict, found.allowed_at) == ("advice", at("2026-11-26 00:00"))
    assert allowed(evaluate(CN, facts(attempts=(tried(NOON - DAY),)), NOON))


@pytest.mark.clause("S-5-1")
def test_public_holidays_are_an_option() -> None:
    lines = tuple(
        'dates = ["2026-10-01", "2026-10-02"]' if line == "dates = []" else line
        for line in shipped_lines("cn")
        if line != 'mode = "off"'
    )
    rules, faults = parse(lines)
    assert rules is not None, faults
    feast = at("2026-10-01 10:00")
    found = rule(rules, facts(), feast, "holidays")
    assert (found.verdict, found.allowed_at) == ("refused", at("2026-10-03 00:00"))
    assert next_allowed(rules, facts(), feast) == at("2026-10-03 08:00")
    assert rule(CN, facts(), feast, "holidays").verdict == "off"


def test_what_nobody_settled_reached_nobody_and_what_is_broken_counts() -> None:
    ringing = tuple(tried(NOON - SECOND, Outcome.PENDING) for _ in range(3))
    found = rule(CN, facts(attempts=ringing), NOON, "connected")
    assert (found.verdict, found.allowed_at) == ("refused", NOON + 299 * SECOND)
    assert rule(CN, facts(attempts=ringing), NOON + 299 * SECOND, "connected").used == 0
    assert rule(CN, facts(attempts=ringing), NOON + 299 * SECOND, "unanswered").used == 3
    broken = (tried(NOON - SECOND, Outcome.BROKEN),) * 3
    assert rule(CN, facts(attempts=broken), NOON + HOUR, "connected").verdict == "refused"
    gone = (tried(NOON - SECOND, Outcome.CANCELLED),) * 9
    assert rule(CN, facts(attempts=gone), NOON, "unanswered").used == 0


@pytest.mark.clause("S-5-2", "S-4.2")
def test_a_number_seen_in_clear_was_a_conversation_until_somebody_says_otherwise() -> None:
    seen = (tried(NOON - HOUR, Outcome.SEEN),) * 3
    for later in (0, HOUR, 11 * HOUR):
        assert rule(CN, facts(attempts=seen), NOON + later, "connected").used == 3
    told = tuple(tried(one.at, AS_TOLD[Report.NOT_REACHED]) for one in seen)
    assert [rule(CN, facts(attempts=told), NOON, name).used for name in ("connected", "unanswered")] == [0, 3]


@pytest.mark.clause("S-5-6", "S-4.2")
@pytest.mark.parametrize("said", list(Report))
def test_no_report_is_evidence_and_every_one_counts(said: Report) -> None:
    outcome = AS_TOLD[said]
    assert outcome in SETTLED - FAILED
    assert outcome in CONNECTED | UNANSWERED
    assert outcome in PLACED


@pytest.mark.clause("S-5-6")
@pytest.mark.parametrize(
    ("attempts", "lost"),
    [
        ((), False),
        ((tried(NOON - HOUR, Outcome.INVALID),), True),
        ((tried(NOON - HOUR),) * 3, False),
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR)), True),
        ((*(tried(NOON - DAY),) * 2, tried(NOON - HOUR)), False),
        ((tried(NOON - 2 * DAY), tried(NOON - DAY), tried(NOON - HOUR)), True),
        ((tried(NOON - 3 * DAY), tried(NOON - DAY), tried(NOON - HOUR)), False),
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR), tried(NOON - SECOND, Outcome.CONNECTED)), False),
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR), tried(NOON - 1, Outcome.CONNECTED, inbound=True)), False),
        (
            (
                *(tried(NOON - DAY),) * 3,
                tried(NOON - HOUR),
                tried(NOON - SECOND, Outcome.CONNECTED, same_debtor=False, same_debt=False),
            ),
            False,
        ),
        ((*(tried(NOON - DAY, own=False),) * 3, tried(NOON - HOUR, own=False)), False),
        ((*(tried(NOON - DAY, Outcome.CANCELLED),) * 3, tried(NOON - HOUR)), False),
        ((tried(NOON - HOUR, Outcome.INVALID, number="b" * 32),), False),
        # Not found may be a route that the provider lacks: three days of nothing else, and not two, nor thrice a day.
        ((tried(NOON - HOUR, Outcome.NOT_FOUND),), False),
        ((tried(NOON - HOUR, Outcome.NOT_FOUND),) * 6, False),
        (tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in (1, 0, 1, 0)), False),
        (tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in (9, 4, 0)), True),
        (
            (
                *(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in (3, 2, 1)),
                tried(NOON - HOUR),
                tried(NOON - SECOND, Outcome.NOT_FOUND),
            ),
            False,
        ),
        (
            (
                *(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in (2, 1, 0)),
                tried(NOON - DAY + 1, Outcome.CONNECTED, same_debtor=False, same_debt=False),
            ),
            False,
        ),
        (tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND, number="b" * 32) for nth in (2, 1, 0)), False),
        (tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND, own=False) for nth in (2, 1, 0)), False),
        ((tried(NOON - DAY, Outcome.INVALID), tried(NOON - HOUR, Outcome.NOT_FOUND)), True),
        # It is no failed attempt either: neither of three in a row, nor of three days.
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR, Outcome.NOT_FOUND)), False),
        ((tried(NOON - 2 * DAY), tried(NOON - DAY, Outcome.NOT_FOUND), tried(NOON - HOUR)), False),
        # What somebody says came of a number seen in clear proves nothing; unsaid, it was a conversation.
        ((tried(NOON - HOUR, Outcome.TOLD),), False),
        ((*(tried(NOON - DAY, Outcome.TOLD),) * 3, tried(NOON - HOUR, Outcome.TOLD)), False),
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR), tried(NOON - SECOND, Outcome.TOLD)), True),
        ((*(tried(NOON - DAY),) * 3, tried(NOON - HOUR), tried(NOON - 1200 * SECOND, Outcome.SEEN)), False),
    ],
)
def test_a_third_party_only_by_what_the_log_of_calls_says(attempts: tuple[Attempt, ...], *, lost: bool) -> None:
    found = evaluate(CN, facts(third=True, attempts=attempts), NOON)
    assert allowed(found) is lost
    party = next(one for one in found if one.rule == "party")
    assert (party.verdict, party.why) == (("advice", "third_relay") if lost else ("refused", "third_not_lost"))
    if lost:
        assert not allowed(evaluate(CN, facts(third=True, attempts=attempts, reached_at=NOON), NOON))


@pytest.mark.clause("S-5-6", "issue-5")
@pytest.mark.parametrize(("days", "wanted"), [("", 3), ("not_found_days = 0", 0), ("not_found_days = 1", 1)])
def test_on_how_many_days_not_found_is_none_is_the_profiles_to_say(days: str, wanted: int) -> None:
    text = "\n".join(shipped_lines("cn"))
    assert "not_found_days = 3" in text
    rules, faults = parse(tuple(text.replace("not_found_days = 3", days).split("\n")))
    assert rules is not None, faults
    for tries in range(1, 14):
        attempts = tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in range(tries))
        found = allowed(evaluate(rules, facts(third=True, attempts=attempts), NOON))
        assert found is (wanted > 0 and tries >= wanted), tries
    # One number of two that is found says that the debtor is there.
    attempts = tuple(tried(NOON - nth * DAY, Outcome.NOT_FOUND) for nth in range(9))
    both = facts(third=True, attempts=attempts, own_numbers=frozenset({NUMBER, "b" * 32}))
    assert not allowed(evaluate(rules, both, NOON))


@pytest.mark.clause("S-5-3", "issue-5")
def test_a_number_that_is_not_found_uses_an_attempt_up_and_was_reached_by_nothing() -> None:
    attempts = (tried(NOON - HOUR, Outcome.NOT_FOUND),) * 6
    assert rule(CN, facts(attempts=attempts), NOON, "unanswered").verdict == "refused"
    assert rule(CN, facts(attempts=attempts), NOON, "connected").used == 0
    assert rule(US, facts(zone=YORK, attempts=attempts), NOON, "seven_in_seven").used == 0


@pytest.mark.clause("issue-5")
def test_regulation_f_is_nothing_but_other_data() -> None:
    known = facts(zone=YORK)
    noon = at("2026-11-20 12:00", YORK)
    assert allowed(evaluate(US, known, noon))
    assert rule(US, known, at("2026-11-20 21:00", YORK), "quiet_hours").allowed_at == at("2026-11-21 08:00", YORK)
    assert rule(US, known, at("2026-11-20 20:59", YORK), "quiet_hours").verdict == "allowed"
    seven = tuple(tried(noon - nth * DAY) for nth in range(7))
    found = rule(US, facts(zone=YORK, attempts=seven), noon, "seven_in_seven")
    assert (found.verdict, found.used, found.allowed_at) == ("refused", 7, at("2026-11-21 00:00", YORK))
    # An eighth day, another debt, what the consumer began: none of them counts.
    for free in (
        (*seven[:-1], tried(noon - 7 * DAY)),
        tuple(tried(one.at, same_debt=False) for one in seven),
        tuple(tried(one.at, Outcome.CONNECTED, inbound=True) for one in seven),
    ):
        assert allowed(evaluate(US, facts(zone=YORK, attempts=free), noon))
    talk = tried(at("2026-11-17 09:00", YORK), Outcome.CONNECTED)
    found = rule(US, facts(zone=YORK, attempts=(talk,)), noon, "after_talk")
    assert (found.verdict, found.allowed_at) == ("refused", at("2026-11-24 00:00", YORK))
    assert next_allowed(US, facts(zone=YORK, attempts=(talk,)), noon) == at("2026-11-24 08:00", YORK)


MOMENTS = st.integers(min_value=at("2018-01-01 00:00"), max_value=at("2031-01-01 00:00"))
# Around what is awkward: clocks put forward and back, midnights that do not exist, a day that was left out.
AWKWARD = st.sampled_from(
    [
        at("2026-03-08 01:59:59", YORK),
        at("2026-11-01 00:30", YORK),
        at("2018-11-03 23:59:59", PAULO),
        at("2026-04-05 01:30", LORD_HOWE),
        at("2026-10-04 01:59", LORD_HOWE),
        at("2028-02-28 23:59:59"),
        at("2026-12-31 23:59:59"),
    ]
).flatmap(lambda base: st.integers(-3 * HOUR, 3 * HOUR).map(lambda off: base + off))
INSTANTS = MOMENTS | AWKWARD
OUTCOMES = st.sampled_from(list(Outcome))


@st.composite
def histories(draw: st.DrawFn, now: int) -> tuple[Attempt, ...]:
    return tuple(
        tried(
            now - draw(st.integers(-DAY, 9 * DAY)),
            draw(OUTCOMES),
            same_debtor=draw(st.booleans()),
            same_number=draw(st.booleans()),
            same_debt=draw(st.booleans()),
            inbound=draw(st.booleans()),
        )
        for _ in range(draw(st.integers(0, 9)))
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Profile, Facts, int]:
    now = draw(INSTANTS)
    return (
        draw(st.sampled_from([CN, US])),
        facts(zone=draw(st.sampled_from(ZONES)), attempts=draw(histories(now)), third=draw(st.booleans())),
        now,
    )


@pytest.mark.clause("S-5-1", "S-5-2", "S-5-3")
@settings(max_examples=60, deadline=None)
@given(situations())
def test_the_moment_named_is_the_first_that_allows(situation: tuple[Profile, Facts, int]) -> None:
    rules, known, now = situation
    for one in evaluate(rules, known, now):
        if one.verdict != Verdict.REFUSED or one.allowed_at is None:
            continue
        assert one.allowed_at > now
        assert rule(rules, known, one.allowed_at, one.rule).verdict != Verdict.REFUSED
        for before in (1, SECOND, 60 * SECOND, 61 * 60 * SECOND):
            if one.allowed_at - before >= now:
                assert rule(rules, known, one.allowed_at - before, one.rule).verdict == Verdict.REFUSED
    when = next_allowed(rules, known, now)
    assert when is None or (when >= now and allowed(evaluate(rules, known, when)))


@settings(max_examples=60, deadline=None)
@given(situations(), st.sampled_from(sorted(set(Outcome) - {Outcome.INVALID, Outcome.CANCELLED})))
def test_one_attempt_more_never_allows_what_was_refused(
    situation: tuple[Profile, Facts, int], outcome: Outcome
) -> None:
    rules, known, now = situation
    counts = {one.rule for one in evaluate(rules, known, now) if one.kind == "count" and one.verdict == "refused"}
    more = replace(known, attempts=(*known.attempts, tried(now - SECOND, outcome)))
    after = {one.rule for one in evaluate(rules, more, now) if one.verdict == "refused"}
    assert counts <= after


@settings(max_examples=100, deadline=None)
@given(INSTANTS, st.sampled_from(ZONES))
def test_a_day_begins_at_its_first_instant(now: int, zone: str) -> None:
    today = day_of(now, zone)
    starts = first(now, zone, lambda moment: day_of(moment, zone) > today, days=3)
    assert starts is not None
    assert day_of(starts - 1, zone) == today
    assert day_of(starts, zone) > today
    assert starts - now <= 3 * DAY
    assert 0 <= minute_of(now, zone) < 1440


@settings(max_examples=60, deadline=None)
@given(st.integers(-(2**63), 2**64), st.sampled_from([*ZONES, "Nowhere/Land", ""]), st.sampled_from([CN, US]))
def test_any_instant_and_zone_give_an_answer(now: int, zone: str, rules: Profile) -> None:
    known = facts(zone=zone, attempts=(tried(now), tried(-now)))
    assert len(evaluate(rules, known, now)) == len([one for one in rules.rules if Means.CALL in one.means])
    assert wall(now, zone) - datetime(1970, 1, 1, tzinfo=UTC) >= timedelta(0)


def test_what_came_with_the_desk_reads_and_what_lacks_a_rule_does_not() -> None:
    for code in SHIPPED:
        text = shipped_lines(code)
        assert profile(code).code == code
        for kind in ("hold", "do_not_contact", "source", "party", "quiet_hours", "recorder", "agency", "complaint"):
            off = [line.replace(f'kind = "{kind}"', f'kind = "{kind}"\nmode = "advice"') for line in text]
            found, faults = parse(tuple("\n".join(off).split("\n")))
            assert found is None
            assert [one.code for one in faults] == ["rules.missing"]
    assert not allowed(evaluate(Profile(code="x", title="x", rule=()), facts(), NOON))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("limit = 3", "limit = 0"),
        ("limit = 3", "limit = 1000"),
        ("limit = 3", "limit = true"),
        ("limit = 3", "limit = 3\nlimits = 4"),
        ("warn = 5", "warn = 7"),
        ('opens = "08:00"', 'opens = "23:00"'),
        ('opens = "08:00"', 'opens = "8"'),
        ("days = 7", "days = 32"),
        ('name = "party"', 'name = "hold"'),
        ('liable = ["担保人"', 'liable = ["13800138000"'),
        ("dates = []", 'dates = ["2026-02-30"]'),
        ('of = "connected"', 'of = "thought"'),
        ('title = "People', 'title = "13800138000 People'),
    ],
)
def test_a_faulty_figure_is_named_by_its_line(old: str, new: str) -> None:
    text = "\n".join(shipped_lines("cn"))
    assert old in text
    found, faults = parse(tuple(text.replace(old, new).split("\n")))
    assert found is None
    assert faults
    assert all(one.code.startswith("rules.") for one in faults)


def test_a_rule_is_frozen_data() -> None:
    one = CN.rules[0]
    assert isinstance(one, Rule)
    assert changed(one, mode="advice") != one
