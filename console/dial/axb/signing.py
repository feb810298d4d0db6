"""The V3 signature of Alibaba Cloud's OpenAPI, `ACS3-HMAC-SHA256`. Pure.

Source: "V3 request structure and signature mechanism",
Alibaba Cloud help, document 2593177, whose worked example is a test of this.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

ALGORITHM: Final = "ACS3-HMAC-SHA256"


def digest(body: bytes) -> str:
    """SHA-256 of a body in hex, as `x-acs-content-sha256` carries it."""
    return hashlib.sha256(body).hexdigest()


def authorization(key_id: str, secret: str, method: str, query: str, headers: Mapping[str, str]) -> str:
    """The Authorization header of a request to the path `/`.

    Args:
        key_id: names the access key.
        secret: the access key's.
        method: GET or POST.
        query: canonical: sorted and percent-encoded; empty for none.
        headers: every one that is signed, by name in lower case; `x-acs-content-sha256` among them.
    """
    ordered = sorted(headers.items())
    names = ";".join(name for name, _ in ordered)
    lines = "".join(f"{name}:{value.strip()}\n" for name, value in ordered)
    canonical = "\n".join((method, "/", query, lines, names, headers["x-acs-content-sha256"]))
    signed = f"{ALGORITHM}\n{digest(canonical.encode())}"
    signature = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
