"""What an operator may set in `desk.toml`. The profile is not among it: the key ring holds that, sealed.

A file with an unknown key, a wrong type or a value outside its bounds is refused whole, naming key and bound.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from console.currencies import EXPONENTS

Minutes = Annotated[int, msgspec.Meta(ge=1, le=120)]


class SettingsRefused(Exception):
    """The settings file cannot be used; params say where and why.

    Attributes:
        code: `settings.broken`; `settings.unknown_key`, with `setting` and `line`; or of `console.prod_links`.
    """

    def __init__(self, path: Path, why: str = "", *, code: str = "settings.broken", **more: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = {"path": str(path), "why": why, **more}


class RevealSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of reveals that no source fixes (requirements §2.1, §4.1, marked ours)."""

    pending_minutes: Minutes = 15
    open_within_minutes: Minutes = 10
    escalate_after_minutes: Minutes = 5
    u2_a_day: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20
    u3_a_day: Annotated[int, msgspec.Meta(ge=1, le=50)] = 3
    review_percent: Annotated[int, msgspec.Meta(ge=5, le=100)] = 5


class SearchSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Budgets of acts that answer to a hidden value (design §4)."""

    misses_a_customer_a_day: Annotated[int, msgspec.Meta(ge=1, le=3)] = 3
    searches_an_hour: Annotated[int, msgspec.Meta(ge=1, le=20)] = 20


class AssignSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Handing cases out: most open cases a person unless said otherwise, and how long a bulk move can be undone."""

    capacity: Annotated[int, msgspec.Meta(ge=1, le=9999)] = 300
    undo_minutes: Minutes = 10


class DropSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lender may leave in its drop: megabytes a file and together, files, and hours until they are cleared.

    `quarantine_hours`: how long a file is kept that was put aside, because it does not verify or holds what may never
    be held here; so that somebody can look into it, and no longer.
    """

    file_mb: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 512
    quota_mb: Annotated[int, msgspec.Meta(ge=1, le=65536)] = 2048
    files: Annotated[int, msgspec.Meta(ge=3, le=999)] = 60
    keep_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 72
    quarantine_hours: Annotated[int, msgspec.Meta(ge=1, le=72)] = 24


class ExportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files for outside: from how many customers on they are reported before (R-73), and days off, `2026-10-01`."""

    batch: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    holidays: tuple[Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")], ...] = ()


class SessionSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many screens one person may have at once; a further sign-in ends the oldest."""

    screens: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1


class MarkSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether text that is copied out of a terminal names the session, by characters without width behind blanks."""

    copied_text: bool = False


_Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{0,64}$")]
_Digits = Annotated[str, msgspec.Meta(pattern=r"^\+?[0-9]{0,20}$")]
_Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class CallSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How customers are called. `address` empty: not at all. Passwords are not here; the desk keeps them sealed.

    `address`, `port`: where phones, or the TLS edge before them, register, IPv4. `speech_address`: where speech of
    phones and provider is reached; empty: there too. `edge_*`: the TLS edge that phones are told to register at, by
    the name in its certificate; empty: at `address`. `account`: whom dialer and media run as, where the desk is
    root. `trunk_*`: the provider's line, or the TLS edge before it. `presented`: the number a customer sees.
    `strip`, then `prefix`: of what is dialled. `codecs`: kinds of speech that phones and provider are offered, the
    wanted one first; both sides of a call speak the same. `asked_every`: seconds between two looks whether the
    provider is there; 0 for none. `announce`: what both hear before they speak, that they are recorded: a voice or
    a tone; empty where the caller says it. `cloud_*`: a provider of privacy numbers, EXPERIMENTAL: host over https,
    the access key that requests are signed with, the pool's key there, and the file of who vouches for it, readable
    by `account`; empty: whom this machine trusts. `trunk_srtp`: speech goes to the provider as SRTP, or not at all.
    `trunk_private_link`: without that; the network that speech goes to the provider over is nobody else's.
    `private_link`: the one that it goes to phones over. `silent_seconds`: a call ends when agent or customer
    sent nothing at all for so long, not even silence; 0: never.
    """

    address: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{1,3}(\.[0-9]{1,3}){3})?$")] = ""
    port: _Port = 5060
    speech_address: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{1,3}(\.[0-9]{1,3}){3})?$")] = ""
    edge_host: _Word = ""
    edge_port: _Port = 5063
    account: _Word = "nobody"
    trunk_host: _Word = ""
    trunk_port: _Port = 5060
    trunk_domain: _Word = ""
    username: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._@-]{0,64}$")] = ""
    presented: _Digits = ""
    strip: _Digits = ""
    prefix: _Digits = ""
    ring_seconds: Annotated[int, msgspec.Meta(ge=5, le=60)] = 45
    agent_ring_seconds: Annotated[int, msgspec.Meta(ge=5, le=30)] = 30
    silent_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 60
    asked_every: Annotated[int, msgspec.Meta(ge=0, le=60)] = 2
    keep_years: Annotated[int, msgspec.Meta(ge=2, le=30)] = 5
    codecs: Annotated[tuple[Literal["PCMA", "PCMU"], ...], msgspec.Meta(min_length=1)] = ("PCMA", "PCMU")
    trunk_srtp: bool = False
    trunk_private_link: bool = False
    announce: Annotated[str, msgspec.Meta(pattern=r"^(zh_CN|en|tone)?$")] = "zh_CN"
    cloud_url: Annotated[str, msgspec.Meta(pattern=r"^(https://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?)?$")] = ""
    cloud_key_id: _Word = ""
    cloud_pool: _Word = ""
    cloud_ca: Annotated[str, msgspec.Meta(max_length=1024, pattern=r"^(/[^\x00\n]*)?$")] = ""
    private_link: bool = False

    def __post_init__(self) -> None:
        """Each kind of speech once. Raises: ValueError."""
        if len(set(self.codecs)) < len(self.codecs):
            message = "codecs: each of them once"
            raise ValueError(message)


class MessageSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages to customers: who writes them, the lender's official account, the way to a provider.

    `signature` empty: none is sent. `provider`: nobody, over `smpp` or over `http`; the secret is not here, the desk
    keeps it sealed. `smpp_*`: the provider, or the TLS edge before it. `url`, `ca_file`: of HTTPS; the latter empty:
    the machine's own. `name`: whom the desk is to the provider. `sender`: what a customer sees. `strip`, then `prefix`:
    of the number. `a_second`: short messages at most. `run_as`: whom the sender runs as, where the desk is root.
    """

    signature: Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[^\[\]【】{}\n]*$")] = ""
    account: Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^{}\n]*$")] = ""
    provider: Literal["", "smpp", "http"] = ""
    smpp_host: _Word = ""
    smpp_port: _Port = 2775
    url: Annotated[str, msgspec.Meta(max_length=256, pattern=r"^(https?://[^\s?#@]+)?$")] = ""
    ca_file: Annotated[str, msgspec.Meta(max_length=256)] = ""
    name: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{0,15}$")] = ""
    sender: Annotated[str, msgspec.Meta(pattern=r"^\+?[A-Za-z0-9]{0,20}$")] = ""
    strip: _Digits = ""
    prefix: _Digits = ""
    a_second: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    run_as: _Word = "nobody"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. `database` empty: the embedded one. `lock_minutes` at most 10 (Y-4.7.2)."""

    name: str = "Veildesk"
    database: str = ""
    zone: str = "Asia/Shanghai"
    language: str = "zh_CN"
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "CNY"
    lock_minutes: Annotated[int, msgspec.Meta(ge=1, le=10)] = 5
    checkpoint_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)] = 10
    reveal: RevealSettings = RevealSettings()
    search: SearchSettings = SearchSettings()
    assign: AssignSettings = AssignSettings()
    session: SessionSettings = SessionSettings()
    drop: DropSettings = DropSettings()
    marks: MarkSettings = MarkSettings()
    message: MessageSettings = MessageSettings()
    export: ExportSettings = ExportSettings()
    calls: CallSettings = CallSettings()


def load(path: Path) -> Settings:
    """Read and check the file.

    Raises:
        SettingsRefused: unreadable, unknown key, wrong type, out of bounds, unknown zone or language, a currency
            whose amounts are not read here.
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
        ZoneInfo(settings.zone)
    except (OSError, msgspec.MsgspecError, ZoneInfoNotFoundError, ValueError) as fault:
        raise _refused(path, str(fault)) from fault
    if settings.language not in {"zh_CN", "en"}:
        raise SettingsRefused(path, f"language: {settings.language}")
    if settings.currency in EXPONENTS:
        # Read in hundredths, its amounts would be wrong by a hundred or by ten.
        raise SettingsRefused(path, f"currency: {settings.currency} has no hundredths")
    return settings


_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]*)`(?: - at `\$\.([^`]*)`)?")
_TABLE: Final = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?")


def _refused(path: Path, why: str) -> SettingsRefused:
    """What is wrong; of a key that there is none of, which line has it."""
    found = _UNKNOWN.search(why)
    if found is None:
        return SettingsRefused(path, why)
    key, table = found[1], found[2] or ""
    name = f"{table}.{key}" if table else key
    return SettingsRefused(path, why, code="settings.unknown_key", setting=name, line=_line(path, table, key))


def _line(path: Path, table: str, key: str) -> str:
    """The number of the line that sets a key; `?` where it is written in another way than `init` writes it."""
    there = ""
    for at, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        header = _TABLE.fullmatch(line)
        there = header[1] if header else there
        named = header[1] if header else line.partition("=")[0].strip().strip("\"'")
        if (there == table and not header and named == key) or (header and not table and named == key):
            return str(at)
    return "?"


def dump(settings: Settings, *, note: str) -> bytes:
    """The file's text, with a line that says where each value's meaning is documented."""
    import tomli_w  # noqa: PLC0415 - only init writes settings

    return f"# {note}\n".encode() + tomli_w.dumps(msgspec.to_builtins(settings)).encode()
