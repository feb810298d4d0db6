"""SSH keys of registered lenders: named by one person, agreed by another; each opens one lender's write-only drop."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class DropKeyView(Value, frozen=True, kw_only=True):
    """A lender's key. state: proposed | active. login: what it signs in as, before `+drop`. addresses: empty for any.

    mine: the viewer proposed it. fingerprint: as `ssh-keygen -l` prints it.
    """

    key_id: str
    source_id: str
    source: str
    login: str
    fingerprint: str
    addresses: tuple[str, ...]
    state: str
    proposed_by: str
    mine: bool


class DropKeyList(Value, frozen=True, kw_only=True):
    """Keys in use and proposed, proposals first."""

    keys: tuple[DropKeyView, ...]


class ListDropKeys(Call[DropKeyList], frozen=True, kw_only=True, tag="drops.list"):
    """Which lenders may leave files by which keys."""


class ProposeDropKey(Call[DropKeyView], frozen=True, kw_only=True, tag="drops.propose"):
    """A supervisor names the key of an own team's lender. line: of a .pub file; addresses: networks, empty for any."""

    writes: ClassVar[bool] = True
    source_id: str
    login: str
    line: str
    addresses: tuple[str, ...] = ()


class AgreeDropKey(Call[DropKeyView], frozen=True, kw_only=True, tag="drops.agree"):
    """The security admin agrees: the key opens the drop from now on, in the place of the one before."""

    writes: ClassVar[bool] = True
    key_id: str


class EndDropKey(Call[Done], frozen=True, kw_only=True, tag="drops.end"):
    """A key opens nothing any more, or a proposal is off."""

    writes: ClassVar[bool] = True
    key_id: str
