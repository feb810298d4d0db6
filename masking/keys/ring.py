"""The key ring: made once, opened at each start, changed only by writing a new generation of it.

What it guarantees: a ring opens whole, under its own master key, with the profile it was made with; ``prod``
without hardware opens only while two people's waiver holds. Elsewhere: the file's layout is ``stored``, its
place a ``KeyProvider``; that the database belongs to the same desk and has seen no later generation is
compared by whoever opens both.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from masking.blind import BlindIndex
from masking.case_keys import Kek
from masking.errors import KeyMaterialRefused, KeyProviderRefused, KeyRingBroken, SealBroken, SealRefused
from masking.gm import Sm2PrivateKey, Sm3Mac
from masking.imprint import Imprint
from masking.keys.provider import KeyProvider
from masking.keys.records import KeyEntry, KeyName, KeyStatus, Profile, RingHeader, RingStatus, Waiver, utc
from masking.keys.stored import KINDS, StoredRing
from masking.keys.worker import WorkerKeys
from masking.sealing import FieldCipher

_FIRST_ID: Final = 1


class KeyRing:
    """The desk's keys, open. Made by :meth:`create`, read by :meth:`open`; shows no material, is not pickled.

    Attributes:
        profile: Fixed at creation.
        desk_id: The desk it belongs to; the database keeps the same, and a start compares them.
        generation: Goes up with each change; the database keeps the highest seen.
        display: Seals the display blobs.
        draft: Seals what somebody typed and has not saved; opens no field of any case.
        blind: The exact-search index.
        row_mac: Proves rows that say yes.
        factor: Seals second factors' secrets.
        token: Authenticates tickets.
        log_signer: Signs the log's checkpoints.
        mark: Makes the marks of screens, and tells them again.
    """

    __slots__ = (
        "_keks",
        "_provider_kind",
        "_stored",
        "blind",
        "desk_id",
        "display",
        "draft",
        "factor",
        "generation",
        "log_signer",
        "mark",
        "profile",
        "row_mac",
        "token",
    )

    def __init__(self, stored: StoredRing, provider_kind: str) -> None:
        self._stored = stored
        self._provider_kind = provider_kind
        self.profile = stored.header.profile
        self.desk_id = stored.header.desk_id
        self.generation = stored.header.generation
        try:
            self._keks = {key_id: Kek(key, key_id) for key_id, key in stored.all_of(KeyName.KEK).items()}
            self.display = _cipher(stored, KeyName.DISPLAY)
            self.draft = _cipher(stored, KeyName.DRAFT)
            self.factor = _cipher(stored, KeyName.FACTOR)
            self.blind = BlindIndex(stored.newest(KeyName.BLIND)[1])
            self.row_mac = Sm3Mac(stored.newest(KeyName.ROW_MAC)[1])
            self.mark = Sm3Mac(stored.newest(KeyName.MARK)[1])
            self.token = Sm3Mac(stored.newest(KeyName.TOKEN)[1])
            self.log_signer = Sm2PrivateKey(stored.newest(KeyName.LOG_SIGNER)[1])
        except (SealRefused, KeyMaterialRefused):
            raise KeyRingBroken(what="material") from None

    @classmethod
    def create(
        cls, provider: KeyProvider, profile: Profile, desk_id: str, now: datetime, waiver: Waiver | None = None
    ) -> KeyRing:
        """Make a new ring with fresh keys. Never replaces one.

        Args:
            provider: Where the master key is or will be.
            profile: Fixed from here on.
            desk_id: Identifier of the desk.
            now: Aware moment of creation.
            waiver: Needed for ``prod`` on a provider without hardware, refused elsewhere.

        Raises:
            KeyProviderRefused: There is a ring already, the place is not safe, or the waiver is missing,
            over, or
                not by two people.
        """
        if waiver is not None and not _needs_waiver(profile, provider):
            raise KeyProviderRefused(what="waiver_needless")
        created = utc(now)
        header = RingHeader(
            profile=profile,
            desk_id=desk_id,
            generation=1,
            created=created,
            waiver=waiver,
            keys=tuple(KeyEntry(name=name, key_id=_FIRST_ID, created=created) for name in KeyName),
        )
        _require_waiver(header, provider, now)
        provider.initialise()
        stored = StoredRing(header, tuple(_fresh(name) for name in KeyName))
        stored.write(provider, replace=False)
        return cls(stored, provider.kind)

    @classmethod
    def open(cls, provider: KeyProvider, now: datetime) -> KeyRing:
        """Open the provider's ring.

        Raises:
            KeyRingBroken: Edited, cut, swapped, or of another master key.
            KeyProviderRefused: Missing, the place is not safe, or the waiver that ``prod`` needs is over.
        """
        stored = StoredRing.read(provider)
        _require_waiver(stored.header, provider, now)
        return cls(stored, provider.kind)

    @classmethod
    def renew_waiver(cls, provider: KeyProvider, now: datetime, waiver: Waiver) -> KeyRing:
        """Put a new waiver into a ``prod`` ring, even when the old one is over.

        Raises:
            KeyRingBroken: As :meth:`open`.
            KeyProviderRefused: As :meth:`create`.
        """
        stored = StoredRing.read(provider)
        if not _needs_waiver(stored.header.profile, provider):
            raise KeyProviderRefused(what="waiver_needless")
        renewed = stored.with_waiver(waiver)
        _require_waiver(renewed.header, provider, now)
        renewed.write(provider, replace=True)
        return cls(renewed, provider.kind)

    def with_new_kek(self, provider: KeyProvider, now: datetime) -> KeyRing:
        """Store and return the ring with one more key-encryption key; the older ones still unwrap.

        Raises:
            KeyProviderRefused: The place is not safe.
            KeyRingBroken: The stored ring is not the one that this object was opened from.
        """
        if StoredRing.read(provider).header != self._stored.header:
            raise KeyRingBroken(what="changed_meanwhile")
        entry = KeyEntry(name=KeyName.KEK, key_id=max(self._keks) + 1, created=utc(now))
        grown = self._stored.with_key(entry, _fresh(KeyName.KEK))
        grown.write(provider, replace=True)
        return KeyRing(grown, provider.kind)

    def kek(self, key_id: int | None = None) -> Kek:
        """Return the current key-encryption key, or an older one by its id.

        Raises:
            SealBroken: The ring has none of that id, so that what is wrapped under it cannot open.
        """
        found = self._keks.get(max(self._keks) if key_id is None else key_id)
        if found is None:
            raise SealBroken
        return found

    def imprint(self, use: str) -> Imprint:
        """Return the keyed functions of marks for one use, such as ``exports``; different uses share nothing."""
        return Imprint(self._stored.newest(KeyName.MARK)[1], use)

    def status(self) -> RingStatus:
        """Return what may be shown of the ring (clause F-4): no material."""
        header = self._stored.header
        return RingStatus(
            profile=self.profile,
            desk_id=self.desk_id,
            generation=self.generation,
            provider=self._provider_kind,
            created=header.created,
            waiver=header.waiver,
            keys=tuple(
                KeyStatus(
                    name=entry.name,
                    key_id=entry.key_id,
                    algorithm=KINDS[entry.name][0],
                    created=entry.created,
                    current=entry.key_id == self._stored.newest(entry.name)[0],
                )
                for entry in header.keys
            ),
        )

    def export_for_worker(self) -> WorkerKeys:
        """Return what an import worker process seals with: display, current KEK, blind index; it opens nothing."""
        return WorkerKeys(
            display=self._stored.newest(KeyName.DISPLAY),
            kek=self._stored.newest(KeyName.KEK),
            blind=self._stored.newest(KeyName.BLIND)[1],
        )

    def __repr__(self) -> str:
        return f"KeyRing(profile={self.profile}, generation={self.generation}, keys hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a key ring is not pickled"
        raise TypeError(msg)


def _needs_waiver(profile: Profile, provider: KeyProvider) -> bool:
    return profile is Profile.PROD and not provider.hardware


def _require_waiver(header: RingHeader, provider: KeyProvider, now: datetime) -> None:
    if not _needs_waiver(header.profile, provider):
        return
    if header.waiver is None:
        raise KeyProviderRefused(what="waiver_needed")
    header.waiver.require(now)


def _cipher(stored: StoredRing, name: KeyName) -> FieldCipher:
    key_id, key = stored.newest(name)
    return FieldCipher(key, key_id)


def _fresh(name: KeyName) -> bytes:
    if name is KeyName.LOG_SIGNER:
        return Sm2PrivateKey.generate().to_scalar()
    return secrets.token_bytes(KINDS[name][1])
