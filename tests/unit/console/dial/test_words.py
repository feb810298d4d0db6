"""What comes into a message of ours, or out of somebody's: nothing that could say more than it should."""

from __future__ import annotations

import msgspec
import pytest

from console.dial import messages, sdp
from console.dial.messages import Dial, Phone, Trunk
from console.dial.numbers import dialled
from console.dial.ticket import Ticket

pytestmark = pytest.mark.clause("issue-5")
ENDINGS = ["a b", "a\r\nX: y", "a>", 'a"', "a;b", "a@b", "", "x" * 65, "a\n"]
TICKET = Ticket("c", "e", 1, "t", "s", "r", "c", "f", 1, b"")


@pytest.mark.parametrize("word", ENDINGS)
def test_no_header_is_ended_by_what_the_desk_says(word: str) -> None:
    for said in (
        Dial(call_id="c", ticket=TICKET, phone="p", alias=word),
        Dial(call_id="c", ticket=TICKET, phone=word, alias="a"),
        Phone(name=word, secret=""),
        Trunk(host="127.0.0.1", port=1, domain=word, presented="1"),
        Trunk(host="127.0.0.1", port=1, domain="d", presented="1" + (word or " ")),
    ):
        with pytest.raises(msgspec.ValidationError):
            messages.at_dialer.decode(messages.encode(said))
    whole = Dial(call_id="c", ticket=TICKET, phone="ag-01", alias="case-7")
    assert messages.at_dialer.decode(messages.encode(whole)) == whole


def test_of_a_description_only_where_and_what() -> None:
    text = "v=0\r\no=138 1 1 IN IP4 9.9.9.9\r\ns=138\r\nc=IN IP4 10.0.0.1\r\nm=audio 4000 RTP/AVP 0 101\r\na=x:138\r\n"
    assert sdp.parse(text) == sdp.Media("10.0.0.1", 4000, (0, 101))
    assert sdp.parse(text + "c=IN IP4 10.0.0.2\r\n") == sdp.Media("10.0.0.2", 4000, (0, 101))
    assert sdp.parse(text + "m=video 5000 RTP/AVP 96\r\nc=IN IP4 10.0.0.3\r\n") == sdp.Media("10.0.0.1", 4000, (0, 101))
    for broken in ("", "m=audio 4000 RTP/AVP 8", "c=IN IP4 1.2.3.4", "c=IN IP4 1.2.3.4\nm=audio 0 RTP/AVP 8", "x" * 99):
        assert sdp.parse(broken) is None
    assert sdp.agreed((18, 0, 8, 101)) == (0, 101)
    assert sdp.agreed((8,)) == (8,)
    assert sdp.agreed((18, 101)) == ()
    # An answer's own order counts, of an offer ours does; and never what was not asked for.
    assert sdp.agreed((0, 8, 101), (8, 0)) == (0, 101)
    assert sdp.chosen((0, 8, 101), (8, 0)) == (8, 101)
    for pick in (sdp.agreed, sdp.chosen):
        assert pick((8, 0), (0,)) == (0,)
        assert pick((8, 101), (0,)) == ()
    assert sdp.offered((0, 8)) == (0, 8, 101)
    ours = sdp.build("127.0.0.1", 4000, (8, 101), 7)
    assert sdp.parse(ours) == sdp.Media("127.0.0.1", 4000, (8, 101))


@pytest.mark.parametrize(
    ("number", "strip", "prefix", "called"),
    [
        ("13800138000", "", "", "+8613800138000"),
        ("+86 138-0013-8000", "+86", "", "13800138000"),
        ("0571-88889999", "", "", "+8657188889999"),
        ("13800138000", "+86", "90", "9013800138000"),
        ("+14155552671", "+86", "", "+14155552671"),
        ("0571-88889999-123", "", "", None),
        ("110", "", "", None),
        ("nobody", "", "", None),
    ],
)
def test_the_digits_that_a_line_wants(number: str, strip: str, prefix: str, called: str | None) -> None:
    assert dialled(number, strip, prefix) == called
