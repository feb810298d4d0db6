"""Session descriptions: ours are built from nothing but an address and payload types; of others' no more is taken.

Sources: RFC 8866, RFC 3551 (PCMU 0, PCMA 8), RFC 4733 (telephone events).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from console.dial.recording import PCMA, PCMU

EVENTS: Final = 101
OFFERED: Final = (PCMA, PCMU, EVENTS)

_MAPS: Final = {
    PCMU: "a=rtpmap:0 PCMU/8000\r\n",
    PCMA: "a=rtpmap:8 PCMA/8000\r\n",
    EVENTS: "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n",
}
_AT: Final = re.compile(r"c=IN IP4 ([0-9.]{7,15})(?:/.*)?")
_AUDIO: Final = re.compile(r"m=audio (\d{1,5}) RTP/AVP((?: \d{1,3})+)")


@dataclass(frozen=True, slots=True)
class Media:
    """Where somebody hears, and what of."""

    host: str
    port: int
    types: tuple[int, ...]


def build(host: str, port: int, types: tuple[int, ...], number: int) -> str:
    """Our description. `number`: of the session, anything."""
    return (
        f"v=0\r\no=- {number} 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {' '.join(map(str, types))}\r\n"
        f"{''.join(_MAPS[one] for one in types)}a=ptime:20\r\na=sendrecv\r\n"
    )


def parse(text: str) -> Media | None:
    """The first stream of speech described; None for a description without one that we could hear."""
    host, found = None, None
    for line in text.splitlines():
        at, audio = _AT.fullmatch(line.strip()), _AUDIO.fullmatch(line.strip())
        if line.startswith("m="):
            if found is not None:
                break
            found = audio
        elif at is not None and (found is not None or host is None):
            host = at[1]
    if host is None or found is None or not 0 < int(found[1]) < 1 << 16:
        return None
    return Media(host, int(found[1]), tuple(int(one) for one in found[2].split()))


def agreed(types: tuple[int, ...]) -> tuple[int, ...]:
    """What of an answer both can do: one kind of speech, and telephone events if both know them; empty for none."""
    speech = next((one for one in types if one in (PCMA, PCMU)), None)
    if speech is None:
        return ()
    return (speech, EVENTS) if EVENTS in types else (speech,)
