"""The one-time code: RFC 6238 with SHA-1, six digits, thirty seconds, one step of tolerance either way.

SHA-1 because authenticator apps on phones know nothing else; the secret is 160 random bits. A step that was used once
is never taken again: whoever calls keeps the newest step in the proven factor row, by compare-and-set.
"""

from __future__ import annotations

import hmac
import io
from typing import Final
from urllib.parse import quote

import pyotp
import segno

from access.context import SECOND

STEP: Final = 30 * SECOND
DIGITS: Final = 6
ISSUER: Final = "Veildesk"
_TOLERANCE: Final = (0, -1, 1)
_BLOCKS: Final = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def new_seed() -> str:
    """Return a fresh 160-bit secret in base 32."""
    return pyotp.random_base32(32)


def step_of(now: int) -> int:
    """Return the number of the thirty-second step that an instant (microseconds UTC) lies in."""
    return now // STEP


def code_at(seed: str, step: int) -> str:
    """Return the code of one step."""
    return pyotp.HOTP(seed, digits=DIGITS).at(step)


def matching_step(seed: str, code: str, now: int, last_step: int) -> int | None:
    """Return the step whose code this is, if it is near now and newer than the last one used; else None.

    Args:
        seed: Secret in base 32.
        code: What was typed; anything but six ASCII digits matches nothing. All steps are compared in constant time.
        now: Microseconds UTC.
        last_step: Newest step already used, 0 for none.
    """
    typed = code.strip()
    wellformed = len(typed) == DIGITS and typed.isascii() and typed.isdigit()
    compared = typed if wellformed else "x" * DIGITS
    found: int | None = None
    for shift in _TOLERANCE:
        step = step_of(now) + shift
        right = hmac.compare_digest(code_at(seed, step), compared)
        if right and step > last_step and found is None:
            found = step
    return found


def provisioning_uri(seed: str, login: str, desk: str) -> str:
    """Return the `otpauth://` address that an authenticator app reads.

    Args:
        seed: Secret in base 32.
        login: Login name, shown in the app.
        desk: Name of the desk, shown in the app.
    """
    issuer = ISSUER if desk == ISSUER else f"{ISSUER} {desk}".strip()
    return pyotp.TOTP(seed, digits=DIGITS).provisioning_uri(name=login, issuer_name=issuer)


def short_uri(seed: str, login: str) -> str:
    """Return the shortest address an authenticator app reads, whose QR code has room on a screen of 24 lines.

    Args:
        seed: Secret in base 32.
        login: Login name, shown in the app.
    """
    return f"otpauth://totp/{ISSUER}:{quote(login, safe='')}?secret={seed}"


def qr_text(uri: str, border: int = 2) -> str:
    """Return a QR code of the address as lines of half-block characters for a terminal.

    Args:
        uri: What it says.
        border: Modules of quiet zone around it.
    """
    out = io.StringIO()
    segno.make(uri, error="l", micro=False).terminal(out=out, border=border, compact=True)
    return out.getvalue()


def qr_rows(uri: str, border: int = 1) -> tuple[str, ...]:
    """Return a QR code as rows of half blocks without colour or control characters, light on dark terminals.

    A light module prints, a dark one is blank, so the code reads on the dark background that screens have.
    """
    modules = [[not dark for dark in row] for row in segno.make(uri, error="l", micro=False).matrix_iter(border=border)]
    if len(modules) % 2:
        modules.append([False] * len(modules[0]))
    pairs = zip(modules[::2], modules[1::2], strict=True)
    return tuple("".join(_BLOCKS[upper, lower] for upper, lower in zip(*pair, strict=True)) for pair in pairs)
