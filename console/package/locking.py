"""A file locked with a password, for the time after its package is opened: as its own programs lock it.

XLSX by agile encryption (AES-256, SHA-512), PDF by AES-256 (ISO 32000-2, revision 6), CSV in a ZIP by AES-256 (WinZip
AE-2): every usual program asks for the password. It is no seal: the package is (`sealing`). The password is drawn here
and never stands beside the file.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Final

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS: Final = 5
_GROUP: Final = 5
_READ: Final = 1 << 16
ENDINGS: Final = {"csv": "zip", "xlsx": "xlsx", "pdf": "pdf"}
"""How a locked file of each format is called."""


def draw() -> str:
    """Return a new password: 25 letters and digits that are not taken for one another, 123 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def lock(kind: str, bare: Path, target: Path, name: str, password: str) -> None:
    """Write a locked copy of a file over an empty one.

    Args:
        kind: Its format, one of `ENDINGS`.
        bare: The file.
        target: Where to; an empty file that is there.
        name: What the file is called inside an archive.
        password: What opens it.

    Raises:
        OSError: The disk is full. KeyError: no such format.
    """
    {"csv": _archive, "xlsx": _workbook, "pdf": _document}[kind](bare, target, name, password)


def _archive(bare: Path, target: Path, name: str, password: str) -> None:
    import pyzipper  # noqa: PLC0415 - loaded for a locked file alone

    with (
        bare.open("rb") as source,
        target.open("wb") as out,
        pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive,
    ):
        archive.setpassword(password.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        with archive.open(name, "w", force_zip64=True) as inside:
            while block := source.read(_READ):
                inside.write(block)


def _workbook(bare: Path, target: Path, name: str, password: str) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415 - as above

    del name
    with bare.open("rb") as source, target.open("wb") as out:
        OOXMLFile(source).encrypt(password, out)


def _document(bare: Path, target: Path, name: str, password: str) -> None:
    import pikepdf  # noqa: PLC0415 - as above

    del name
    # Nobody has the owner's: there is nothing that whoever reads the file may not do with it.
    locks = pikepdf.Encryption(owner=draw(), user=password, R=6)
    with pikepdf.open(bare) as document, target.open("wb") as out:
        document.save(out, encryption=locks)
