"""What every act works with: keys, catalogue, clock, settings, rows' proofs. Built once, in `console.bootstrap`."""

from __future__ import annotations

from dataclasses import dataclass, field

from access.audit.checkpoints import Checkpointer
from access.context import Clock, Ids
from access.people.passwords import PasswordHasher
from access.store.base import Store
from access.store.proof import RowProofs
from console.desk.broken import BrokenRows
from console.desk.calls.switchboard import Switchboard
from console.desk.cases.batches import PublishedBatches
from console.desk.hub import Hub
from console.desk.messages.mailbox import Mailbox
from console.home import Home
from console.settings import Settings
from masking.blind import BlindIndex
from masking.catalogue import Catalogue
from masking.keys import KeyRing
from masking.sealing import FieldCipher


@dataclass(frozen=True, slots=True)
class Parts:
    """The desk's parts, wired together. `home` is None only where a test runs a desk without files."""

    store: Store
    keys: KeyRing
    catalogue: Catalogue
    proofs: RowProofs
    blind: BlindIndex
    display: FieldCipher
    clock: Clock
    ids: Ids
    settings: Settings
    hub: Hub
    hasher: PasswordHasher
    broken: BrokenRows
    checkpointer: Checkpointer | None = None
    home: Home | None = None
    published: PublishedBatches = field(default_factory=PublishedBatches)
    switchboard: Switchboard = field(default_factory=Switchboard)
    mailbox: Mailbox = field(default_factory=Mailbox)

    @property
    def profile(self) -> str:
        """`prod`, `dev` or `demo`, as sealed in the key ring."""
        return str(self.keys.profile)
