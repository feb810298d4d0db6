"""What an operator may set in `desk.toml`. The profile is not among it: the key ring holds that, sealed.

A file with an unknown key, a wrong type or a value outside its bounds is refused whole, naming key and bound.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Minutes = Annotated[int, msgspec.Meta(ge=1, le=120)]


class SettingsRefused(Exception):
    """The settings file cannot be used; `code` is `settings.broken`, params say where and why."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__("settings.broken")
        self.code = "settings.broken"
        self.params = {"path": str(path), "why": why}


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
    """What a lender may leave in its drop: megabytes a file and together, files, and hours until they are cleared."""

    file_mb: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 512
    quota_mb: Annotated[int, msgspec.Meta(ge=1, le=65536)] = 2048
    files: Annotated[int, msgspec.Meta(ge=3, le=999)] = 60
    keep_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 72


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
    export: ExportSettings = ExportSettings()


def load(path: Path) -> Settings:
    """Read and check the file.

    Raises:
        SettingsRefused: unreadable, unknown key, wrong type, out of bounds, unknown zone or language.
    """
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
        ZoneInfo(settings.zone)
    except (OSError, msgspec.MsgspecError, ZoneInfoNotFoundError, ValueError) as fault:
        raise SettingsRefused(path, str(fault)) from fault
    if settings.language not in {"zh_CN", "en"}:
        raise SettingsRefused(path, f"language: {settings.language}")
    return settings


def dump(settings: Settings, *, note: str) -> bytes:
    """The file's text, with a line that says where each value's meaning is documented."""
    import tomli_w  # noqa: PLC0415 - only init writes settings

    return f"# {note}\n".encode() + tomli_w.dumps(msgspec.to_builtins(settings)).encode()
