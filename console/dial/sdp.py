"""Session descriptions: ours are built from nothing but an address and payload types; of others' no more is taken.

Sources: RFC 8866, RFC 4568 (crypto), RFC 3551 (PCMU 0, PCMA 8), RFC 4733 (telephone events).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from console.dial import srtp
from console.dial.recording import PCMA, PCMU

EVENTS: Final = 101
SPEECH: Final = (PCMA, PCMU)
"""What is spoken unless somebody says otherwise, the wanted one first."""

_MAPS: Final = {
    PCMU: "a=rtpmap:0 PCMU/8000\r\n",
    PCMA: "a=rtpmap:8 PCMA/8000\r\n",
    EVENTS: "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n",
}
_AT: Final = re.compile(r"c=IN IP4 ([0-9.]{7,15})(?:/.*)?")
_AUDIO: Final = re.compile(r"m=audio (\d{1,5}) RTP/(S?)AVP((?: \d{1,3})+)")


@dataclass(frozen=True, slots=True)
class Media:
    """Where somebody hears, and what of. `key`, `tag`: what their packets are covered with; empty for bare ones."""

    host: str
    port: int
    types: tuple[int, ...]
    key: bytes = field(default=b"", repr=False)
    tag: int = 0


def build(host: str, port: int, types: tuple[int, ...], number: int, key: bytes = b"", *, tag: int = 1) -> str:
    """Our description. `number`: of the session, anything; `key`: what our packets are covered with, empty for none;
    `tag`: of the key that it answers.
    """  # noqa: D205 - one sentence
    cover = f"{srtp.line_of(key, tag)}\r\n" if key else ""
    return (
        f"v=0\r\no=- {number} 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/{'S' if key else ''}AVP {' '.join(map(str, types))}\r\n"
        f"{''.join(_MAPS[one] for one in types)}{cover}a=ptime:20\r\na=sendrecv\r\n"
    )


def parse(text: str) -> Media | None:
    """The first stream of speech described; None for one that we could not hear, nor open."""
    host, found, key, tag = None, None, b"", 0
    for line in text.splitlines():
        at, audio = _AT.fullmatch(line.strip()), _AUDIO.fullmatch(line.strip())
        if line.startswith("m="):
            if found is not None:
                break
            found = audio
        elif found is not None and not key and line.startswith("a=crypto:"):
            key, tag = srtp.key_in(line.strip()) or b"", srtp.tag_in(line.strip())
        elif at is not None and (found is not None or host is None):
            host = at[1]
    if host is None or found is None or not 0 < int(found[1]) < 1 << 16:
        return None
    if bool(found[2]) is not bool(key):
        return None
    return Media(host, int(found[1]), tuple(int(one) for one in found[3].split()), key, tag)


def offered(speech: tuple[int, ...]) -> tuple[int, ...]:
    """What is offered where this speech is wanted: it, and telephone events."""
    return (*speech, EVENTS)


def agreed(types: tuple[int, ...], speech: tuple[int, ...] = SPEECH) -> tuple[int, ...]:
    """What of an answer both can do: their first kind of speech that is ours too, and telephone events if both know
    them; empty for none.
    """  # noqa: D205 - one sentence
    return _with_events(next((one for one in types if one in speech), None), types)


def chosen(types: tuple[int, ...], speech: tuple[int, ...] = SPEECH) -> tuple[int, ...]:
    """What an offer is answered with: our first kind of speech that they know too, and so on; empty for none."""
    return _with_events(next((one for one in speech if one in types), None), types)


def _with_events(speech: int | None, types: tuple[int, ...]) -> tuple[int, ...]:
    if speech is None:
        return ()
    return (speech, EVENTS) if EVENTS in types else (speech,)
