"""One signed request to a privacy-number provider, answered in time and in measure, or not.

TLS 1.3 at least, the peer verified, no redirect followed, no proxy used; parameters are posted, so that no number
stands in an address. Nothing that a provider says is passed on but its code, and that only as one of ours.

Sources: `console.dial.axb.signing`; error codes: Alibaba Cloud help, document 109196.
"""

from __future__ import annotations

import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from threading import Timer
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from access.context import SECOND
from console.dial.axb.said import Cloud
from console.dial.axb.signing import authorization, digest

VERSION: Final = "2017-05-25"
WITHIN: Final = 10.0
"""Seconds for a connection, and again for the whole of an answer."""

LIMIT: Final = 64 * 1024
_FORM: Final = "application/x-www-form-urlencoded"
_BUSY: Final = frozenset({429, 503})
_FORBIDDEN: Final = frozenset({401, 403})
_BROKEN: Final = 500
_MISDIRECTED: Final = range(300, 400)
CODES: Final = {
    "isv.NO_AVAILABLE_NUMBER": "no_free",
    "isv.BIND_CONFLICT": "taken",
    "isv.MOBILE_NUMBER_ILLEGAL": "invalid",
    "isv.SUBS_NOT_EXIST": "gone",
    "isv.FLOW_LIMIT": "busy",
    "isp.RAM_PERMISSION_DENY": "not_let_in",
    "isv.OUT_OF_SERVICE": "not_let_in",
    "isv.PARTNER_NOT_EXIST": "not_let_in",
    "isv.FORBIDDEN_ACTION": "not_let_in",
    "SignatureDoesNotMatch": "not_let_in",
    "SignatureNonceUsed": "not_let_in",
}
BEGIN: Final = (
    ("Throttling", "busy"),
    ("isv.PRODUCT_UN", "not_let_in"),
    ("isv.ACCOUNT_", "not_let_in"),
    ("InvalidAccessKey", "not_let_in"),
    ("Forbidden", "not_let_in"),
    ("InvalidTimeStamp", "not_let_in"),
    # What broke on their side may have been done before it broke.
    ("isp.", "no_answer"),
)


class NotDone(Exception):
    """It was not done, or nobody knows. `code`: `no_free`, `taken`, `invalid`, `gone`, `not_let_in`, `busy`, `refused`
    (surely not done), `away`, `not_verified` (never sent), `no_answer` (unknown).
    """  # noqa: D205 - one sentence

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def post(to: Cloud, action: str, parameters: Mapping[str, str], now: int) -> dict[str, Any]:
    """Have something done, once; never again by itself.

    Args:
        to: the provider.
        action: of its interface.
        parameters: of the action.
        now: microseconds since 1970.

    Returns:
        The provider's answer, whose code is OK.

    Raises:
        NotDone: see there; holds nothing of what was sent or answered.
    """
    url = urlsplit(to.url)
    body = urlencode(parameters).encode()
    headers = {
        "content-type": _FORM,
        "host": url.netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": digest(body),
        "x-acs-date": datetime.fromtimestamp(now // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": secrets.token_hex(16),
        "x-acs-version": VERSION,
    }
    headers["authorization"] = authorization(to.key_id, to.secret, "POST", "", headers)
    code = ""
    try:
        status, said = _exchange(to, url.hostname or "", url.port, body, headers)
        code = _code(status, said)
    except NotDone as fault:
        code = fault.code
    except ValueError:
        # An address that is none, by its port.
        code = "away"
    if code:
        # Outside of the handler: what went wrong below holds the request, and stays below.
        raise NotDone(code)
    return said


def _exchange(
    to: Cloud, host: str, port: int | None, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, Any]]:
    try:
        context = ssl.create_default_context(cafile=to.ca or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        connection = http.client.HTTPSConnection(host, port, timeout=WITHIN, context=context)
        connection.connect()
    except ssl.SSLError as fault:
        raise NotDone("not_verified") from fault
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise NotDone("away") from fault
    # An answer that comes in drops keeps within no socket's time-out.
    end = Timer(WITHIN, _shut, (connection.sock,))
    end.daemon = True
    end.start()
    try:
        connection.request("POST", "/", body, headers)
        answer = connection.getresponse()
        data = answer.read(LIMIT + 1)
    except (OSError, ValueError, http.client.HTTPException) as fault:
        raise NotDone("no_answer") from fault
    else:
        return answer.status, _object(data)
    finally:
        end.cancel()
        connection.close()


def _shut(sock: socket.socket) -> None:
    try:
        # Not the TLS layer's own, which another thread is in.
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
    except OSError:
        return


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > LIMIT:
        return {}
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _code(status: int, said: dict[str, Any]) -> str:
    """One of ours for what was answered; empty when it was done."""
    theirs = said.get("Code")
    if status in _MISDIRECTED:
        return "refused"
    if not isinstance(theirs, str):
        if status in _FORBIDDEN:
            return "not_let_in"
        if status in _BUSY:
            return "busy"
        return "no_answer" if status >= _BROKEN or status < _MISDIRECTED.start else "refused"
    if theirs == "OK":
        return "" if status < _MISDIRECTED.start else "no_answer"
    begun = next((code for head, code in BEGIN if theirs.startswith(head)), "")
    return CODES.get(theirs) or begun or ("no_answer" if status >= _BROKEN else "refused")
