"""Which links a `prod` desk must not run with: whatever leaves this machine is encrypted and its other end proven.

What speaks SIP and SMPP here does so in clear (requirements, Y-4.1.1: loopback or behind a TLS edge only), so nothing
declared lets it leave: provider, phones and messages are reached over TLS edges on this very machine. Speech is SRTP,
or goes over a network that is declared to be nobody else's, phones' and provider's each by itself. HTTP is HTTPS. A
PostgreSQL on another machine proves its name, over TLS 1.3. Each code's text names the setting and what to do.
"""

from __future__ import annotations

import os
from ipaddress import ip_address
from typing import Final
from urllib.parse import parse_qs, urlsplit

from console.settings import CallSettings, MessageSettings, Settings

_COVERED: Final = {"sslmode": "verify-full", "ssl_min_protocol_version": "TLSv1.3"}


def unfit(settings: Settings) -> str:
    """The code of the first thing in the settings that a `prod` desk must not run with; empty for nothing."""
    return _unfit_database(settings.database) or _unfit_calls(settings.calls) or _unfit_messages(settings.message)


def _unfit_database(url: str) -> str:
    """Whatever names a host counts, as libpq reads it: the URL, its parameters, else the environment."""
    parts = urlsplit(url)
    if not parts.scheme.startswith("postgresql"):
        return ""
    said = parse_qs(parts.query)
    named = [parts.netloc.rpartition("@")[2], *said.get("host", [])]
    if not any(named):
        named = [os.environ.get("PGHOST", "")]
    # An address counts beside a name and is where libpq goes.
    named += said.get("hostaddr", [os.environ.get("PGHOSTADDR", "")])
    hosts = [host for one in named for host in one.split(",") if host]
    by_service = "service" in said or "PGSERVICE" in os.environ
    if not by_service and all(host.startswith("/") or _loopback(_bare(host)) for host in hosts):
        return ""
    covered = all(said.get(name) == [value] for name, value in _COVERED.items())
    return "" if covered else "settings.database_in_clear"


def _bare(host: str) -> str:
    """A host of a URL without its port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host


def _unfit_calls(calls: CallSettings) -> str:
    if not calls.address:
        return ""
    away = not _loopback(calls.speech_address or calls.address)
    found = {
        "settings.trunk_host_in_clear": not _loopback(calls.trunk_host),
        "settings.asked_every_never": not calls.asked_every,
        "settings.phones_in_clear": not _loopback(calls.address),
        "settings.phones_speech_in_clear": away and not calls.private_link,
        "settings.trunk_speech_in_clear": away and not (calls.trunk_srtp or calls.trunk_private_link),
    }
    return next((code for code, is_so in found.items() if is_so), "")


def _unfit_messages(message: MessageSettings) -> str:
    if message.provider == "smpp" and not _loopback(message.smpp_host):
        return "settings.smpp_host_in_clear"
    if message.provider == "http" and not message.url.startswith("https://"):
        return "settings.message_url_in_clear"
    return ""


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
