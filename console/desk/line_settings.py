"""How trunk, recorder, messages and the cloud's numbers are set, whether their secrets are kept, and how they are.

Settings are the operator's file, read when the desk starts; a secret is kept sealed and never leaves here.
"""

from __future__ import annotations

from typing import Final

from access.policy import Action, Resource
from console.desk import health
from console.desk.act import Act
from console.desk.api.lines import LineList, LineView, ReadLines, SecretView, SettingView
from console.desk.api.people import Check
from console.desk.calls import secrets
from console.desk.cases.rows import staff_names
from console.desk.kernel import handles
from console.settings import CallSettings, MessageSettings

TRUNK: Final = (
    *("address", "port", "edge_host", "edge_port", "speech_address", "account", "private_link"),
    *("trunk_host", "trunk_port", "trunk_domain", "trunk_srtp", "trunk_private_link", "username", "codecs"),
    *("presented", "strip", "prefix", "ring_seconds", "agent_ring_seconds", "silent_seconds", "asked_every"),
)
RECORDER: Final = ("announce", "keep_years")
CLOUD: Final = ("cloud_url", "cloud_key_id", "cloud_pool", "cloud_ca")
MESSAGES: Final = (
    *("provider", "smpp_host", "smpp_port", "url", "ca_file", "run_as"),
    *("name", "sender", "signature", "account", "strip", "prefix", "a_second"),
)
"""Every setting of `CallSettings` and `MessageSettings`, by the line it is for."""


@handles(ReadLines)
def read_lines(act: Act, request: ReadLines) -> LineList:
    """All four, set up or not."""
    del request
    act.require(Action.HEALTH_LINE_READ, Resource(kind="health"))
    parts = act.parts
    calls, message = parts.settings.calls, parts.settings.message
    checks = {one.name: one for one in (*health.line(act), health.post(act))}
    calling = bool(calls.address) or parts.switchboard.key is not None
    writing = bool(message.provider) or parts.mailbox.key is not None

    def one(name: str, settings: tuple[SettingView, ...], kind: str = "", *, there: bool) -> LineView:
        check = checks.get(name) if there else None
        check = check or Check(name=name, state="off")
        secret = _secret(act, kind) if kind else None
        return LineView(name=name, state=check.state, detail=check.detail, settings=settings, secret=secret)

    lines = (
        one("trunk", _settings("calls", calls, TRUNK), secrets.TRUNK, there=calling),
        one("recorder", _settings("calls", calls, RECORDER), there=calling),
        one("messages", _settings("message", message, MESSAGES), secrets.POST, there=writing),
        one("cloud", _settings("calls", calls, CLOUD), secrets.CLOUD, there=bool(calls.cloud_url)),
    )
    act.log(Action.HEALTH_LINE_READ, object_kind="health", object_id="lines", rows=len(lines))
    return LineList(lines=lines)


def _settings(table: str, said: CallSettings | MessageSettings, names: tuple[str, ...]) -> tuple[SettingView, ...]:
    return tuple(SettingView(name=f"{table}.{name}", value=_shown(getattr(said, name))) for name in names)


def _shown(value: object) -> str | int | bool:
    if isinstance(value, tuple):
        return ", ".join(value)
    return value if isinstance(value, (str, int)) else str(value)


def _secret(act: Act, kind: str) -> SecretView:
    rows = secrets.active(act, kind)
    if not rows:
        return SecretView(kept=False)
    row = rows[-1]
    return SecretView(
        kept=True, kept_at=row["set_at"], kept_by=staff_names(act, {row["set_by"]}).get(row["set_by"], "")
    )
