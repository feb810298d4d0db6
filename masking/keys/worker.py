"""The keys that an import worker gets: enough to seal new cases, too little to open one."""

from __future__ import annotations

from masking.blind import BlindIndex
from masking.case_keys import SEALING_ONLY, Kek
from masking.sealing import FieldCipher


class WorkerKeys:
    """Seals on behalf of the desk in another process: display blobs, new case keys, blind entries.

    The only object of this package that can be pickled, and only to be handed to a worker process through a
    pipe; it must never reach a file, a queue or a log. Its ciphers open nothing, and its KEK unwraps for
    import alone, so that a new contact can be sealed into a case that exists. The material of a worker that
    is taken over could open what the ring's same keys open: keep such a process as short as its import.
    """

    __slots__ = ("_material", "blind", "display", "kek")

    def __init__(self, display: tuple[int, bytes], kek: tuple[int, bytes], blind: bytes) -> None:
        self._material = (display, kek, blind)
        self.display = FieldCipher(display[1], display[0], seal_only=True)
        self.kek = Kek(kek[1], kek[0], purposes=SEALING_ONLY)
        self.blind = BlindIndex(blind)

    def __repr__(self) -> str:
        return "WorkerKeys(keys hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        return (WorkerKeys, self._material)
