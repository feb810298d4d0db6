"""The third factor: a key that the person possesses, on a USB token (FIDO2) or, with leave, in a file.

Only the public half is kept, in a factor row that proves itself: who asked for it and who agreed stand in the row, are
two people, and neither is the person. A person has one key in use for SSH and one for this machine's own screens and
commands (`local_keys`); where two hold, none counts. In `prod` a key that is no token counts until the day that both
allowed and no longer (clause Y-4.2.2). What a signature proves is checked by whoever takes it; here it is told whether
the key that signed is the person's.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Final

import msgspec
from sqlalchemy import ColumnElement
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people import factors, local_keys
from access.people.deed import Deed
from access.people.directory import held_rows
from access.people.public_keys import KeyRefused, PublicKey, read, split
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import factor

SSH_KEY: Final = factors.SSH_KEY
_BOTH: Final = (factors.SSH_KEY, factors.LOCAL_KEY)
LONGEST_WAIVER: Final = 90
"""Days that a key which is no token may be allowed in `prod`, from the day two people allow it."""

_TWO: Final = 2


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """The row's secret column: the blob, the first instant out of force (0: none), who asked and who agreed."""

    blob: bytes
    until: int
    asked_by: str
    agreed_by: str


@dataclass(frozen=True, slots=True)
class Held:
    """A key somebody has or is to have.

    Attributes:
        row: The factor row, active or pending.
        key: The key.
        until: First instant at which a plain key counts no more; 0 for no end.
        asked_by: Who asked for it.
        agreed_by: Who agreed; empty while it is pending.
    """

    row: RowMapping
    key: PublicKey
    until: int
    asked_by: str
    agreed_by: str

    @property
    def pending(self) -> bool:
        """Whether a second person has yet to agree."""
        return bool(self.row["state"] == factors.PENDING)


def propose(deed: Deed, person_id: str, key: PublicKey, asked_by: str, until: int = 0) -> str:
    """Keep a key for a person until a second person agrees; an earlier proposal gives way. Returns the factor's id.

    Args:
        deed: Who asks.
        person_id: Whose it is to be.
        key: The public key.
        asked_by: Who asks.
        until: For a plain key, the first instant at which it counts no more in `prod`; 0 for none.

    Raises:
        KeyRefused: `ssh_key.own`: nobody gives themselves a key; `ssh_key.taken`: it is somebody else's already.
    """
    if asked_by == person_id:
        raise KeyRefused("ssh_key.own")
    # Her own again is how a plain key's day is set anew: by two people, as at first.
    others = (one for one in every(deed.uow, deed.proofs) if one.row["person_id"] != person_id)
    if any(hmac.compare_digest(one.key.blob, key.blob) for one in others):
        raise KeyRefused("ssh_key.taken")
    factor_id = deed.uow.ids.new()
    kept = msgspec.msgpack.encode(_Kept(key.blob, until, asked_by, ""))
    factors.put(deed, person_id, key.factor_kind, factor_id, kept, factors.PENDING)
    return factor_id


def found(deed: Deed, person_id: str, key: PublicKey, by: tuple[str, str], until: int = 0) -> None:
    """Give a founder of the desk a key at once, in the name of the two other founders; else as `propose`."""
    kept = msgspec.msgpack.encode(_Kept(key.blob, until, *by))
    factors.put(deed, person_id, key.factor_kind, deed.uow.ids.new(), kept)


def agree(deed: Deed, held: Held, agreed_by: str) -> None:
    """Put a proposed key into use in the place of the one before.

    Raises:
        KeyRefused: `ssh_key.settled`: it is no proposal any more; `ssh_key.same_person`: who asked does not agree,
            nor does the person.
        StaleRow: Somebody else settles it at this moment.
    """
    if not held.pending:
        raise KeyRefused("ssh_key.settled")
    if agreed_by in {held.asked_by, held.row["person_id"]}:
        raise KeyRefused("ssh_key.same_person")
    for old in every(deed.uow, deed.proofs, held.row["person_id"]):
        if not old.pending and old.row["kind"] == held.row["kind"]:
            drop(deed, old)
    kept = msgspec.msgpack.encode(_Kept(held.key.blob, held.until, held.asked_by, agreed_by))
    _move(deed, held.row, factors.ACTIVE, "account:factor:set", secret=kept)


def drop(deed: Deed, held: Held) -> None:
    """Take a key, or the proposal of one, out of use.

    Raises:
        StaleRow: Somebody else changes it at this moment.
    """
    _move(deed, held.row, factors.REPLACED, "account:factor:retire")


def every(uow: UnitOfWork, proofs: RowProofs, person_id: str | None = None) -> list[Held]:
    """Return keys in use and proposed that hold, oldest first; with a person only hers."""
    where: list[ColumnElement[bool]] = [
        factor.c.kind.in_(_BOTH),
        factor.c.state.in_((factors.ACTIVE, factors.PENDING)),
    ]
    if person_id is not None:
        where.append(factor.c.person_id == person_id)
    return [found for row in held_rows(uow, proofs, factor, *where) if (found := _held(row)) is not None]


def one(uow: UnitOfWork, proofs: RowProofs, factor_id: str) -> Held | None:
    """Return a key in use or proposed, by its factor's id."""
    row = proofs.get(uow, factor, factor_id)
    usable = row is not None and row["kind"] in _BOTH and row["state"] in {factors.ACTIVE, factors.PENDING}
    return _held(row) if usable and row is not None else None


def signed_by(uow: UnitOfWork, proofs: RowProofs, person_id: str, blob: bytes, *, only_tokens: bool) -> bool:
    """Tell whether a key that signed is the person's one key in use.

    Args:
        uow: The act.
        proofs: Checks the row.
        person_id: Who is said to have signed.
        blob: The key whose signature was checked.
        only_tokens: A plain key counts only before the day two people set for it (`prod`).
    """
    held = _in_use(uow, proofs, person_id, factors.SSH_KEY, only_tokens=only_tokens)
    return held is not None and hmac.compare_digest(held.blob, blob)


def answered_by(
    uow: UnitOfWork, proofs: RowProofs, person_id: str, message: bytes, signature: bytes, *, only_tokens: bool
) -> bool:
    """Tell whether a challenge was signed with the person's one local key in use.

    Args:
        uow: The act.
        proofs: Checks the row.
        person_id: Who is said to have signed.
        message: What was to be signed.
        signature: What came back.
        only_tokens: As for `signed_by`.
    """
    key = _in_use(uow, proofs, person_id, factors.LOCAL_KEY, only_tokens=only_tokens)
    return key is not None and local_keys.verify(key.kind, split(key.blob)[1], signature, message)


def _in_use(uow: UnitOfWork, proofs: RowProofs, person_id: str, kind: str, *, only_tokens: bool) -> PublicKey | None:
    """The person's one key of a kind that two others put into use, if it counts now."""
    found = [one for one in every(uow, proofs, person_id) if not one.pending and one.row["kind"] == kind]
    if len(found) != 1 or found[0].key.factor_kind != kind:
        return None
    held = found[0]
    two = len({held.asked_by, held.agreed_by, person_id} - {""}) > _TWO
    allowed = held.key.token or not only_tokens or uow.now < held.until
    return held.key if two and allowed else None


def _held(row: RowMapping) -> Held | None:
    try:
        kept = msgspec.msgpack.decode(bytes(row["secret"]), type=_Kept)
        key = read(kept.blob)
    except (msgspec.MsgspecError, KeyRefused):
        return None
    return Held(row, key, kept.until, kept.asked_by, kept.agreed_by)


def _move(deed: Deed, row: RowMapping, state: str, action: str, **changes: bytes) -> None:
    event = deed.event(
        action,
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.FACTOR, row["kind"]), (DetailKey.STATE, state)),
    )
    deed.proofs.update(deed.uow, factor, row["id"], row["version"], {"state": state, **changes}, event)
