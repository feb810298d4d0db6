"""A provider of privacy numbers over HTTPS that takes no request it cannot verify; written from the provider's pages.

It shares nothing with `console.dial.axb`: what is signed is taken from the request as it came, header by header. It
keeps pools and bindings as the pages say, refuses a nonce that it saw and a time that is not now, and fails on demand.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

KEY_ID, SECRET, POOL = "LTAI-test", "of-the-access-key", "FC100000001"
_FIELDS = {
    "BindAxb": {"PoolKey", "PhoneNoA", "PhoneNoB", "PhoneNoX", "Expiration", "OutId"},
    "UnbindSubscription": {"PoolKey", "SubsId", "SecretNo"},
    "QuerySubsId": {"PoolKey", "PhoneNoX"},
    "QuerySubscriptionDetail": {"PoolKey", "SubsId", "PhoneNoX"},
}
_MUST = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
_AUTHORIZATION = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})")
_CHINA = timedelta(hours=8)


def certificate(folder: Path, name: str = "127.0.0.1") -> tuple[Path, Path]:
    """A certificate of an address and its key."""
    folder.mkdir(parents=True, exist_ok=True)
    cert, key = folder / "cert.pem", folder / "key.pem"
    said = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{name}", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *said]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    # The dialer may run as another user.
    folder.chmod(0o755)
    cert.chmod(0o644)
    return cert, key


class CloudPeer:
    """See the module.

    Attributes:
        subscriptions: by id: A, B, X, the end, the OutId. asked: every action that was verified, in order.
        faults: why requests were refused as not verified. plays: what the next verified requests meet, each one of
            `code CODE`, `status N`, `silence`, `done and silence`, `drops`, `junk`, `huge`, `elsewhere`,
            `other number`.
        seen: paths and header lines of every request, for who looks for numbers there.
    """

    def __init__(self, folder: Path, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, name: str = "127.0.0.1") -> None:
        self.subscriptions: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.faults: list[str] = []
        self.plays: list[str] = []
        self.seen: list[str] = []
        self.redirected = 0
        self.ended = threading.Event()
        self._nonces: set[str] = set()
        self._count = 0
        self._lock = threading.Lock()
        self.ca, key = certificate(folder, name)
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

            def do_POST(self) -> None:
                peer._take(self, self.rfile.read(int(self.headers["Content-Length"])))

            def do_GET(self) -> None:
                peer.redirected += 1
                self.send_error(400)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.maximum_version = newest
        context.load_cert_chain(self.ca, key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def of(self, x: str) -> list[dict[str, str]]:
        """Bindings over a number."""
        with self._lock:
            return [one for one in self.subscriptions.values() if one["X"] == x]

    # -- verifying ---------------------------------------------------------------------------------------------------
    def _fault(self, handler: BaseHTTPRequestHandler, body: bytes) -> str:
        head = {name.lower(): value for name, value in handler.headers.items()}
        found = _AUTHORIZATION.fullmatch(head.get("authorization", ""))
        if found is None or found[1] != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        names = found[2].split(";")
        signable = {name for name in head if name.startswith("x-acs-") or name in {"host", "content-type"}}
        if names != sorted(names) or set(names) != signable or not set(names) >= _MUST:
            return "IncompleteSignature"
        if not _signed(handler.path, head, found, body):
            return "SignatureDoesNotMatch"
        at = datetime.strptime(head["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        with self._lock:
            again = head["x-acs-signature-nonce"] in self._nonces
            self._nonces.add(head["x-acs-signature-nonce"])
        fit = head["x-acs-version"] == "2017-05-25" and head["host"] == self.url.removeprefix("https://")
        return "SignatureNonceUsed" if again else "" if fit else "InvalidVersion"

    def _take(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        self.seen.append(f"{handler.path}\n{handler.headers}")
        fault = self._fault(handler, body)
        if fault:
            self.faults.append(fault)
            self._answer(handler, 403 if fault.startswith("Inv") else 400, {"Code": fault, "Message": "no"})
            return
        action = handler.headers["x-acs-action"]
        pairs = parse_qsl(body.decode(), strict_parsing=True)
        parameters = dict(pairs)
        self.asked.append(action)
        play = self.plays.pop(0) if self.plays else ""
        if play.startswith("code "):
            # Providers do write what they were asked into their messages.
            said = {"Code": play[5:], "Message": f"refused: {parameters}", "RequestId": "r"}
            self._answer(handler, 200, said)
        elif play.startswith("status "):
            self._answer(handler, int(play[7:]), {"Message": f"{parameters}"})
        elif play == "silence":
            self.ended.wait(60)
        elif play == "drops":
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            while not self.ended.wait(0.1):
                handler.wfile.write(b" ")
        elif play in {"junk", "huge"}:
            self._write(handler, 200, b"{" * 50 if play == "junk" else b'{"Code": "OK"}' + b" " * 1_000_000)
        elif play == "elsewhere":
            handler.send_response(307)
            handler.send_header("Location", f"{self.url}/?again")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        else:
            fit = len(pairs) == len(parameters) and set(parameters) == _FIELDS.get(action)
            said = self._done(action, parameters, play) if fit else _code("isv.INVALID_PARAMETERS")
            if play == "done and silence":
                self.ended.wait(60)
                return
            self._answer(handler, 200, said)

    # -- doing -------------------------------------------------------------------------------------------------------
    def _done(self, action: str, said: dict[str, str], play: str) -> dict[str, Any]:
        if said["PoolKey"] != POOL:
            return _code("isv.POOLKEY_NOT_EXISTS")
        with self._lock:
            now = datetime.now(UTC).replace(tzinfo=None) + _CHINA
            for name in [name for name, one in self.subscriptions.items() if _moment(one["until"]) <= now]:
                del self.subscriptions[name]
            if action == "BindAxb":
                return self._bind(said, now, play)
            if action == "QuerySubsId":
                found = [name for name, one in self.subscriptions.items() if one["X"] == said["PhoneNoX"]]
                return _code("OK", SubsId=found[0]) if found else _code("isv.SUBS_NOT_EXIST")
            one = self.subscriptions.get(said["SubsId"])
            if one is None or one["X"] != said.get("SecretNo", said.get("PhoneNoX")):
                return _code("isv.SUBS_NOT_EXIST")
            if action == "UnbindSubscription":
                del self.subscriptions[said["SubsId"]]
                return _code("OK")
            detail = {"SubsId": said["SubsId"], "PhoneNoA": one["A"], "PhoneNoB": one["B"], "PhoneNoX": one["X"]}
            return _code("OK", SecretBindDetailDTO={**detail, "ExpireDate": one["until"], "Status": 1})

    def _bind(self, said: dict[str, str], now: datetime, play: str) -> dict[str, Any]:
        numbers = [said[f"PhoneNo{one}"] for one in "ABX"]
        if not all(re.fullmatch(r"[0-9]{5,16}", one) for one in numbers):
            return _code("isv.MOBILE_NUMBER_ILLEGAL")
        if _moment(said["Expiration"]) <= now + timedelta(minutes=1):
            return _code("isv.EXPIRE_DATE_ILLEGAL")
        if any(one["X"] == numbers[2] and {one["A"], one["B"]} & set(numbers) for one in self.subscriptions.values()):
            return _code("isv.BIND_CONFLICT")
        self._count += 1
        name, x = f"10000000{self._count}", "17000009999" if play == "other number" else numbers[2]
        bound = {"A": numbers[0], "B": numbers[1], "X": x, "until": said["Expiration"], "out": said["OutId"]}
        self.subscriptions[name] = bound
        return _code("OK", SecretBindDTO={"SecretNo": x, "SubsId": name})

    def _answer(self, handler: BaseHTTPRequestHandler, status: int, said: dict[str, Any]) -> None:
        self._write(handler, status, json.dumps(said).encode())

    @staticmethod
    def _write(handler: BaseHTTPRequestHandler, status: int, data: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


def _signed(target: str, head: dict[str, str], found: re.Match[str], body: bytes) -> bool:
    """Whether a request is what was signed under the access key."""
    path, _, query = target.partition("?")
    canonical = "POST\n" + path + "\n" + query + "\n"
    for name in found[2].split(";"):
        canonical += name + ":" + head[name] + "\n"
    canonical += "\n" + found[2] + "\n" + hashlib.sha256(body).hexdigest()
    text = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    mac = hmac.digest(SECRET.encode(), text.encode(), "sha256").hex()
    return hmac.compare_digest(mac, found[3]) and head["x-acs-content-sha256"] == hashlib.sha256(body).hexdigest()


def _code(code: str, **more: object) -> dict[str, Any]:
    return {"Code": code, "Message": code, "RequestId": "r", **more}


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the provider's own, in China's time
