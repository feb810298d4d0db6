"""What the key ring asks of whatever keeps its master key."""

from __future__ import annotations

from typing import Protocol


class KeyProvider(Protocol):
    """Keeps the master key, which never leaves it, and the sealed files that hang on it.

    A hardware module implements ``seal`` and ``open`` inside itself; how it does so is its own affair, as
    long as ``open`` refuses whatever ``seal`` has not made with the same authenticated data.
    """

    @property
    def kind(self) -> str:
        """Name for status lists, such as ``file``."""

    @property
    def hardware(self) -> bool:
        """Whether the master key sits in a hardware module. ``prod`` asks for a waiver where it does not."""

    def initialise(self) -> None:
        """Make the master key unless there is one; an interrupted first start can be repeated.

        Raises:
            KeyProviderRefused: The place is not safe to keep keys in.
        """

    def load(self, name: str) -> bytes:
        """Return the bytes stored under ``name``.

        Raises:
            KeyProviderRefused: They are missing (``what=missing``) or the place is not safe.
        """

    def store(self, name: str, data: bytes, *, replace: bool = False) -> None:
        """Store ``data`` durably: afterwards either all of it is there or, after a crash, what was before.

        Raises:
            KeyProviderRefused: There is one already and ``replace`` is off (``what=exists``), or the place is
            not
                safe.
        """

    def seal(self, data: bytes, aad: bytes) -> bytes:
        """Return ``data`` sealed under the master key with ``aad`` authenticated.

        Raises:
            KeyProviderRefused: The master key is missing or the place is not safe.
        """

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Return what :meth:`seal` was given.

        Raises:
            SealBroken: Changed, cut, other authenticated data, or another master key.
            KeyProviderRefused: The master key is missing or the place is not safe.
        """
