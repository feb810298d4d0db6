"""The way to a provider over HTTPS: signed requests, our message's id as their reference, reports fetched.

Experimental: no provider was spoken with, it is proven only against a peer of our own that checks every signature. A
message is posted under our reference, which the provider must take once; what is not answered is asked about by that
reference and never posted again. TLS 1.3 at least, the peer verified, no redirect followed, no proxy used.

Signed, under the shared secret, by HMAC-SHA256 (RFC 2104) over lines of: method, path with query, time in seconds, a
random word, SHA-256 of the body in hex. `X-Key`, `X-Time`, `X-Nonce`, `X-Signature` carry it.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
import secrets
import ssl
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, Literal
from urllib.parse import quote, urlsplit

from console.send.line import Found, Given, Moved, Piece, Report
from console.send.messages import Answer, Fate, LineMoved, Provider

_EVERY: Final = 2.0
_LIMIT: Final = 64 * 1024
_MOST: Final = 50
_OK: Final = frozenset({200, 201, 202})
_TAKEN_BEFORE: Final = 409
_BUSY: Final = frozenset({429, 503})
_SURELY: Final = range(400, 500)
_FORBIDDEN: Final = frozenset({401, 403})
_FATES: Final = {fate.value: fate for fate in Fate}


class _NotSent(Exception):
    """The request surely did not reach the provider."""


class _NoAnswer(Exception):
    """It may have."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    said: dict[str, Any]


def signature(secret: str, method: str, path: str, at: str, nonce: str, body: bytes) -> str:  # noqa: PLR0917 - its lines
    """What a request is signed with, in hex."""
    lines = "\n".join((method, path, at, nonce, hashlib.sha256(body).hexdigest()))
    return hmac.new(secret.encode(), lines.encode(), hashlib.sha256).hexdigest()


class HttpLine:
    """See `console.send.line.Line`. Args: as `console.send.smpp.SmppLine`."""

    def __init__(self, provider: Provider, moved: Moved, report: Report) -> None:
        self._provider, self._moved, self._report = provider, moved, report
        self._url = urlsplit(provider.url)
        self._closing = asyncio.Event()
        self._fault = self._unfit()

    async def run(self) -> None:
        """See `Line`: fetches reports until closed."""
        if self._fault:
            self._moved(LineMoved(up=False, why=self._fault))
            await self._closing.wait()
            return
        while not self._closing.is_set():
            await self._fetch()
            try:
                await asyncio.wait_for(self._closing.wait(), _EVERY)
            except TimeoutError:
                continue

    async def submit(self, piece: Piece) -> Given:
        """See `Line`."""
        if self._fault:
            return Given(Answer.UNSENT)
        body = {
            "reference": piece.message_id,
            "to": piece.number,
            "from": self._provider.sender,
            "text": piece.text,
        }
        try:
            reply = await self._ask("POST", "/messages", body)
        except _NotSent:
            return Given(Answer.UNSENT)
        except _NoAnswer:
            return await self._asked_about(piece.message_id)
        if reply.status in _OK or reply.status == _TAKEN_BEFORE:
            return Given(Answer.ACCEPTED, reply.status, _name(reply))
        if reply.status in _SURELY or reply.status in _BUSY:
            return Given(Answer.REFUSED, reply.status, busy=reply.status in _BUSY)
        return await self._asked_about(piece.message_id)

    async def close(self) -> None:
        """See `Line`."""
        self._closing.set()

    async def _asked_about(self, message_id: str) -> Given:
        """What the provider has under our reference; that it has nothing yet proves nothing."""
        try:
            reply = await self._ask("GET", f"/messages/{quote(message_id, safe='')}")
        except (_NotSent, _NoAnswer):
            return Given(Answer.UNKNOWN)
        return Given(Answer.ACCEPTED, reply.status, _name(reply)) if reply.status in _OK else Given(Answer.UNKNOWN)

    async def _fetch(self) -> None:
        """Take the reports that wait, each acknowledged once it is on the desk's books."""
        try:
            reply = await self._ask("GET", f"/reports?limit={_MOST}")
            if reply.status not in _OK:
                self._moved(LineMoved(up=False, why="not_let_in" if reply.status in _FORBIDDEN else "broken"))
                return
            self._moved(LineMoved(up=True))
            done = [one["id"] for one in _reports(reply) if await self._report(one["found"])]
            if done:
                await self._ask("POST", "/reports/done", {"ids": done})
        except (_NotSent, _NoAnswer) as fault:
            verified = not isinstance(fault.__cause__, ssl.SSLError)
            self._moved(LineMoved(up=False, why="away" if verified else "not_verified"))

    # -- requests ----------------------------------------------------------------------------------------------------
    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> _Reply:
        data = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        return await asyncio.to_thread(self._request, method, f"{self._url.path.rstrip('/')}{path}", data)

    def _request(self, method: str, path: str, body: bytes) -> _Reply:
        at, nonce = str(int(time.time())), secrets.token_hex(16)
        headers = {
            "Content-Type": "application/json",
            "X-Key": self._provider.name,
            "X-Time": at,
            "X-Nonce": nonce,
            "X-Signature": signature(self._provider.secret, method, path, at, nonce, body),
        }
        connection = self._connection()
        try:
            try:
                connection.connect()
            except (OSError, http.client.HTTPException) as fault:
                raise _NotSent from fault
            try:
                connection.request(method, path, body or None, headers)
                answer = connection.getresponse()
                return _Reply(answer.status, _object(answer.read(_LIMIT)))
            except (OSError, http.client.HTTPException) as fault:
                raise _NoAnswer from fault
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port, wait = self._url.hostname or "", self._url.port, self._provider.answer_seconds
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=wait)
        context = ssl.create_default_context(cafile=self._provider.ca_file or None)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return http.client.HTTPSConnection(host, port, timeout=wait, context=context)

    def _unfit(self) -> Literal["", "plain", "broken"]:
        """Why nothing is sent to the address: plain, and not allowed, or beyond this machine; with no port there is."""
        try:
            self._url.port  # noqa: B018 - checked as it is read
        except ValueError:
            return "broken"
        if self._url.scheme == "https" and self._url.hostname:
            return ""
        try:
            near = ip_address(self._url.hostname or "").is_loopback
        except ValueError:
            near = False
        return "" if self._url.scheme == "http" and self._provider.plain and near else "plain"


def _object(data: bytes) -> dict[str, Any]:
    try:
        said = json.loads(data)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _name(reply: _Reply) -> bytes:
    return str(reply.said.get("id", "")).encode()[:64]


def _reports(reply: _Reply) -> list[dict[str, Any]]:
    found = []
    reports = reply.said.get("reports")
    for one in reports[:_MOST] if isinstance(reports, list) else ():
        fate = _FATES.get(str(one.get("state"))) if isinstance(one, dict) else None
        if fate is not None:
            found.append({"id": one.get("id"), "found": Found(fate, message_id=str(one.get("reference", ""))[:64])})
    return found
