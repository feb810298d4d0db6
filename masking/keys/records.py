"""What a key ring says about itself: profile, waiver, and each key's name, version and age, never its material."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

import msgspec

from masking.errors import KeyProviderRefused


class Profile(StrEnum):
    """How strict the desk is. Fixed when the ring is made."""

    DEMO = "demo"
    DEV = "dev"
    PROD = "prod"


class KeyName(StrEnum):
    """The keys of a ring and what each is for."""

    BLIND = "blind"
    DISPLAY = "display"
    DRAFT = "draft"
    FACTOR = "factor"
    KEK = "kek"
    LOG_SIGNER = "log_signer"
    MARK = "mark"
    ROW_MAC = "row_mac"
    TOKEN = "token"  # noqa: S105 - the name of a key, not one


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Leave to run ``prod`` without a hardware key provider, given by two people (clause Y-4.1.2).

    Attributes:
        persons: Identifiers of the two who gave it.
        until: Last day, in UTC, on which it holds.
    """

    persons: tuple[str, str]
    until: date

    def require(self, now: datetime) -> None:
        """Check that two different people gave it and that it still holds.

        Raises:
            KeyProviderRefused: Not so.
        """
        first, second = (person.strip() for person in self.persons)
        if not first or not second or first == second:
            raise KeyProviderRefused(what="waiver_persons")
        if utc(now).date() > self.until:
            raise KeyProviderRefused(what="waiver_over", until=self.until.isoformat())


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """One key, for the list of keys.

    Attributes:
        name: What it is for.
        key_id: Its version.
        algorithm: ``SM4-GCM``, ``HMAC-SM3`` or ``SM2``.
        created: When it was made, UTC.
        current: Whether new things are made with it; older versions only open.
    """

    name: KeyName
    key_id: int
    algorithm: str
    created: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class RingStatus:
    """A ring as the list of keys shows it.

    Attributes:
        profile: Fixed when it was made.
        desk_id: The desk that it belongs to.
        generation: Goes up with each change, so that an old copy put back can be told from the database's
        record.
        provider: Kind of the provider, such as ``file``.
        created: When it was made, UTC.
        waiver: For ``prod`` without hardware.
        keys: Every key, by name and version.
    """

    profile: Profile
    desk_id: str
    generation: int
    provider: str
    created: datetime
    waiver: Waiver | None
    keys: tuple[KeyStatus, ...]


class KeyEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One key in the ring's header; its material stands at the same place in the sealed body."""

    name: KeyName
    key_id: int
    created: datetime


class RingHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The readable and authenticated part of a ring's file."""

    profile: Profile
    desk_id: str
    generation: int
    created: datetime
    waiver: Waiver | None
    keys: tuple[KeyEntry, ...]


def utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC.

    Raises:
        ValueError: It has no zone.
    """
    if moment.tzinfo is None:
        msg = "a moment without a zone"
        raise ValueError(msg)
    return moment.astimezone(UTC)
