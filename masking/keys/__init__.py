"""The desk's keys: named, versioned, sealed under a master key that a provider keeps (clause Y-4.1.2).

The ring's profile, desk, generation and waiver are authenticated with it: editing its file opens nothing. Key
material leaves this package inside ciphers, MACs and signers that neither show nor pickle it; the one
exception is :meth:`KeyRing.export_for_worker`, which an import process gets to seal with.
"""

from masking.keys.file import FileKeyProvider
from masking.keys.provider import KeyProvider
from masking.keys.records import KeyName, KeyStatus, Profile, RingStatus, Waiver
from masking.keys.ring import KeyRing
from masking.keys.worker import WorkerKeys

__all__ = [
    "FileKeyProvider",
    "KeyName",
    "KeyProvider",
    "KeyRing",
    "KeyStatus",
    "Profile",
    "RingStatus",
    "Waiver",
    "WorkerKeys",
]
