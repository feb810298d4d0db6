"""Tickets open once, in one process, for one call; whatever else is tried yields nothing."""

from __future__ import annotations

import msgspec
import pytest

from access.context import SECOND
from console.dial.ticket import LONGEST, Ticket, TicketDesk, TicketRefused, issue
from masking.case_keys import CaseKey, Kek, Purpose, new_case_key, unwrap, wrap
from masking.errors import PurposeRefused
from masking.gm import Sm2PublicKey
from masking.handover import TRAVELS
from masking.sealing import SealContext

NUMBER = "+8613800138000"
WHERE = SealContext("t1", "case_seals", "c1/phone-1", "c1", "phone", 1)
pytestmark = pytest.mark.clause("issue-5")


class Hand:
    """A clock set by hand."""

    now = 1_800_000_000 * SECOND

    def now_us(self) -> int:
        return self.now


def sealed_under(purpose: Purpose) -> tuple[CaseKey, bytes]:
    kek = Kek(b"k" * 16, 1)
    made = new_case_key()
    sealed = made.cipher().seal(NUMBER, WHERE)
    return unwrap(kek, wrap(kek, made, "t1", "c1"), "t1", "c1", purpose), sealed


def ticket_for(key: Sm2PublicKey, clock: Hand, *, ends_in: int = 30 * SECOND) -> Ticket:
    case_key, sealed = sealed_under(Purpose.DIAL)
    return issue(case_key, key, WHERE, sealed, call_id="call-1", event_id="ev-1", ends_at=clock.now + ends_in)


def refused(desk: TicketDesk, ticket: Ticket, call_id: str = "call-1") -> str:
    with pytest.raises(TicketRefused) as caught:
        desk.open(ticket, call_id)
    assert NUMBER not in repr(caught.value)
    assert caught.value.__context__ is None
    return caught.value.code


def test_it_opens_once() -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    ticket = ticket_for(desk.key, clock)
    assert desk.open(ticket, "call-1") == NUMBER
    assert refused(desk, ticket) == "used"


def test_it_travels_as_bytes_that_hold_no_number() -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    wire = msgspec.msgpack.encode(ticket_for(desk.key, clock))
    assert NUMBER.encode() not in wire
    assert NUMBER[-8:].encode() not in wire
    assert desk.open(msgspec.msgpack.decode(wire, type=Ticket), "call-1") == NUMBER


def test_it_ends_and_cannot_hold_for_long() -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    ticket = ticket_for(desk.key, clock)
    clock.now += 30 * SECOND
    assert refused(desk, ticket) == "ended"
    assert refused(desk, ticket_for(desk.key, clock, ends_in=LONGEST + 1)) == "ended"


def test_another_process_cannot_open_it() -> None:
    clock = Hand()
    assert refused(TicketDesk(clock), ticket_for(TicketDesk(clock).key, clock)) == "broken"


def test_another_call_cannot_use_it() -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    assert refused(desk, ticket_for(desk.key, clock), "call-2") == "other_call"


@pytest.mark.parametrize("part", ["call_id", "event_id", "tenant_id", "table", "row_id", "case_id", "field", "sealed"])
def test_every_part_is_bound(part: str) -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    ticket = ticket_for(desk.key, clock)
    other = getattr(ticket, part)
    forged = msgspec.structs.replace(ticket, **{part: other + b"x" if isinstance(other, bytes) else other + "x"})
    assert refused(desk, forged, forged.call_id) == "broken"


def test_a_longer_end_or_another_key_version_is_a_forgery() -> None:
    clock = Hand()
    desk = TicketDesk(clock)
    ticket = ticket_for(desk.key, clock)
    assert refused(desk, msgspec.structs.replace(ticket, ends_at=ticket.ends_at + 1)) == "broken"
    assert refused(desk, msgspec.structs.replace(ticket, key_version=2)) == "broken"
    assert refused(desk, msgspec.structs.replace(ticket, envelope=b"")) == "broken"


@pytest.mark.parametrize("purpose", sorted(set(Purpose) - TRAVELS))
def test_only_a_key_for_a_call_or_a_message_leaves_the_desk(purpose: Purpose) -> None:
    case_key, sealed = sealed_under(purpose)
    with pytest.raises(PurposeRefused):
        issue(case_key, TicketDesk(Hand()).key, WHERE, sealed, call_id="c", event_id="e", ends_at=0)


def test_a_ticket_for_a_message_is_none_for_a_call() -> None:
    clock = Hand()
    for handed, other in ((Purpose.MESSAGE, Purpose.DIAL), (Purpose.DIAL, Purpose.MESSAGE)):
        case_key, sealed = sealed_under(handed)
        for desk, opens in ((TicketDesk(clock, handed), True), (TicketDesk(clock, other), False)):
            ticket = issue(
                case_key, desk.key, WHERE, sealed, call_id="call-1", event_id="ev-1", ends_at=clock.now + SECOND
            )
            if opens:
                assert desk.open(ticket, "call-1") == NUMBER
            else:
                assert refused(desk, ticket) == "broken"
