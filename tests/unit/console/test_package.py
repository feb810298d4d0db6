"""A package from anywhere is verified, or refused at once with a code."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from console.package import layout, sealing
from console.package.layout import Manifest
from console.package.opening import PackageRefused, open_package, verify
from masking.gm import Sm2PrivateKey, sm3

pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")
CHECKSUM = slice(148, 156)
SIZE = slice(124, 136)


@pytest.fixture(scope="module")
def key() -> Sm2PrivateKey:
    return Sm2PrivateKey.generate()


@pytest.fixture(scope="module")
def signer() -> Sm2PrivateKey:
    return Sm2PrivateKey.generate()


def package(folder: Path, key: Sm2PrivateKey, signer: Sm2PrivateKey, body: bytes, size: int | None = None) -> Path:
    bare, made = folder / "VX-000001", folder / "VX-000001.vdp"
    bare.write_bytes(body)
    manifest = Manifest(
        format=layout.FORMAT,
        number="VX-000001",
        name="VX-000001.csv",
        size=len(body) if size is None else size,
        rows=1,
        level=1,
        fields=("full_name",),
        made_at="",
        use_until="",
        purpose="p",
        recipient="r",
        content_sm3=sm3(body).hex(),
        key_sm3="",
        data_sm3="",
        recipient_key="",
        signer_key="",
    )
    sealing.seal(bare, made, manifest, key.public_key, signer)
    return made


def again(path: Path, change: Callable[[tarfile.TarInfo], None], **about: str) -> None:
    """The same package, its data's member changed, with headers for the whole archive."""
    with tarfile.open(path) as tar:
        members = [(one.name, tar.extractfile(one).read()) for one in tar.getmembers()]  # type: ignore[union-attr]
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT, pax_headers=about) as tar:
        for name, body in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            if name == layout.DATA:
                change(entry)
            tar.addfile(entry, io.BytesIO(body))


def headed(**headers: str) -> Callable[[Path], None]:
    named = {name.replace("_", "."): value for name, value in headers.items()}
    return lambda path: again(path, lambda entry: setattr(entry, "pax_headers", named))


def of_type(kind: bytes) -> Callable[[Path], None]:
    return lambda path: again(path, lambda entry: setattr(entry, "type", kind))


def less_than_nothing(path: Path) -> None:
    """The last member says that it ends where it begins."""
    whole = bytearray(path.read_bytes())
    with tarfile.open(path) as tar:
        at = tar.getmember(layout.DATA).offset
    head = whole[at : at + 512]
    head[SIZE] = (-512).to_bytes(12, "big", signed=True)
    head[CHECKSUM] = b" " * 8
    head[CHECKSUM] = b"%06o\0 " % sum(head)
    whole[at : at + 512] = head
    path.write_bytes(whole)


def many_headers(path: Path) -> None:
    """Thousands of headers in front of the first member, each about the next."""
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 1
    path.write_bytes((long.tobuf(tarfile.GNU_FORMAT) + b"x".ljust(512, b"\0")) * 5000 + path.read_bytes())


HOSTILE: dict[str, Callable[[Path], None]] = {
    "a hole as large as a disk": headed(
        GNU_sparse_map="0,10", GNU_sparse_size=str(1 << 62), GNU_sparse_name="data.sm4"
    ),
    "a map that is none": headed(GNU_sparse_map="x,y", GNU_sparse_size="10"),
    "a header of any kind": headed(comment="x"),
    "a header about all members": lambda path: again(path, lambda _: None, comment="x"),
    "another type": of_type(tarfile.CONTTYPE),
    "a link": of_type(tarfile.LNKTYPE),
    "less than no bytes": less_than_nothing,
    "headers without end": many_headers,
    "a second manifest": lambda path: again(path, lambda entry: setattr(entry, "name", layout.MANIFEST)),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_package_is_refused(tmp_path: Path, key: Sm2PrivateKey, signer: Sm2PrivateKey, what: str) -> None:
    path = package(tmp_path, key, signer, b"hello")
    HOSTILE[what](path)
    for refuse in (lambda: verify(path, signer.public_key), lambda: open_package(path, key, tmp_path)):
        with pytest.raises(PackageRefused) as refused:
            refuse()
        assert refused.value.code == "package.broken"


@pytest.mark.parametrize("size", [0, 1, layout.CHUNK - 1, layout.CHUNK, layout.CHUNK + 1, 3 * layout.CHUNK])
def test_a_package_of_any_size_opens(tmp_path: Path, key: Sm2PrivateKey, signer: Sm2PrivateKey, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    path = package(tmp_path, key, signer, body)
    assert verify(path, signer.public_key).size == size
    assert open_package(path, key, tmp_path, signer.public_key).read_bytes() == body


@pytest.mark.parametrize("said", [-1, 0, 6, layout.CHUNK + 5, 1 << 62])
def test_data_of_another_size_than_the_manifest_says_is_not_read(
    tmp_path: Path, key: Sm2PrivateKey, signer: Sm2PrivateKey, said: int
) -> None:
    with pytest.raises(PackageRefused) as refused:
        verify(package(tmp_path, key, signer, b"hello", said), signer.public_key)
    assert refused.value.code == "package.changed"
