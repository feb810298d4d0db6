"""Keys that people possess, as a factor: who has one, who is to have one, a second person's yes, and its end."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class KeyView(Value, frozen=True, kw_only=True):
    """A public key. state: pending | active. token: it has to be touched. until: instant it ends in `prod`; 0: none.

    mine: the viewer asked for it. A token's fingerprint is as `ssh-keygen -l` prints it.
    """

    factor_id: str
    person_id: str
    staff_no: str
    name: str
    kind: str
    fingerprint: str
    token: bool
    state: str
    until: int
    asked_by: str
    mine: bool


class KeyList(Value, frozen=True, kw_only=True):
    """Keys in use and proposed, proposals first."""

    keys: tuple[KeyView, ...]


class ListKeys(Call[KeyList], frozen=True, kw_only=True, tag="possession.list"):
    """Whose keys let them in, and which wait for a second person."""


class ProposeKey(Call[KeyView], frozen=True, kw_only=True, tag="possession.propose"):
    """The first of two: `line` of a .pub file is to be the person's. until: ISO date, last day of one without token."""

    writes: ClassVar[bool] = True
    person_id: str
    line: str
    until: str = ""


class AgreeKey(Call[KeyView], frozen=True, kw_only=True, tag="possession.agree"):
    """The second of two: the key is in use from now on, in the place of the one before."""

    writes: ClassVar[bool] = True
    factor_id: str


class DropKey(Call[Done], frozen=True, kw_only=True, tag="possession.drop"):
    """A key lets nobody in any more, or a proposal is off; sessions that it opened end."""

    writes: ClassVar[bool] = True
    factor_id: str
