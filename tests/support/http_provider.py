"""A provider that speaks HTTPS as `console.send.http` says, and takes no request whose signature does not hold."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SECRET = "of-the-provider"


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine's address and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    said = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *said]
    subprocess.run([*made, "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
    return cert, key


class HttpProvider:
    """See the module. Attributes: came: bodies by reference; answers: statuses for the next posts, then 201."""

    def __init__(self, tls: tuple[Path, Path] | None, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> None:
        self.came: dict[str, dict[str, Any]] = {}
        self.posts = 0
        self.unsigned = 0
        self.nonces: set[str] = set()
        self.answers: list[int] = []
        self.reports: list[dict[str, str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                del format, args

            def do_POST(self) -> None:
                provider.take(self, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def do_GET(self) -> None:
                provider.take(self, b"")

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.maximum_version = newest
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, one: BaseHTTPRequestHandler, body: bytes) -> None:
        """Answer one request."""
        status, said = self._said(one, body)
        data = json.dumps(said).encode()
        one.send_response(status)
        one.send_header("Content-Length", str(len(data)))
        one.end_headers()
        one.wfile.write(data)

    def _said(self, one: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, Any]]:
        head = one.headers
        nonce = head.get("X-Nonce", "")
        lines = (one.command, one.path, head.get("X-Time", ""), nonce, hashlib.sha256(body).hexdigest())
        wanted = hmac.new(SECRET.encode(), "\n".join(lines).encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, head.get("X-Signature", "")) or nonce in self.nonces:
            self.unsigned += 1
            return 401, {}
        self.nonces.add(nonce)
        path = one.path.removeprefix("/v1")
        if one.command == "POST" and path == "/messages":
            return self._posted(json.loads(body))
        if path.startswith("/messages/"):
            found = path.rsplit("/", 1)[1] in self.came
            return (200, {"id": "P-1"}) if found else (404, {})
        if path.startswith("/reports?"):
            return 200, {"reports": self.reports}
        done = set(json.loads(body)["ids"])
        self.reports = [report for report in self.reports if report["id"] not in done]
        return 200, {}

    def _posted(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.posts += 1
        status = self.answers.pop(0) if self.answers else 201
        if said["reference"] in self.came:
            return 409, {"id": "P-1"}
        if status in {201, 500}:
            # With 500 it took the message, and did not say so.
            self.came[said["reference"]] = said
        return status, {"id": "P-1"} if status == 201 else {}
