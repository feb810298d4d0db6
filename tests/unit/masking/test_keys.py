"""The key ring opens whole, in its place, with the profile it was made with, or not at all."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from masking.case_keys import Purpose, new_case_key, unwrap, wrap, wrapped_under
from masking.errors import KeyProviderRefused, KeyRingBroken, PurposeRefused, SealBroken
from masking.keys import FileKeyProvider, KeyName, KeyProvider, KeyRing, Profile, Waiver, WorkerKeys
from masking.sealing import SealContext

pytestmark = pytest.mark.clause("Y-4.1.2")

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WAIVER = Waiver(persons=("p-1", "p-2"), until=date(2026, 12, 31))
CONTEXT = SealContext("bank-a", "case", "row-1", "case-1", "display", 1)


class HardwareLike:
    """A file provider that says it is hardware, for the rules that depend on it."""

    kind = "hsm"
    hardware = True

    def __init__(self, inner: FileKeyProvider) -> None:
        self.initialise = inner.initialise
        self.load = inner.load
        self.store = inner.store
        self.seal = inner.seal
        self.open = inner.open


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def provider(folder: Path) -> FileKeyProvider:
    return FileKeyProvider(folder)


@pytest.fixture
def ring(provider: FileKeyProvider) -> KeyRing:
    return KeyRing.create(provider, Profile.DEV, "desk-1", NOW)


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def _refusal(provider: KeyProvider) -> str:
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.open(provider, NOW)
    return refused.value.params["what"]


def test_a_ring_opens_as_it_was_made(provider: FileKeyProvider, ring: KeyRing) -> None:
    again = KeyRing.open(provider, NOW)
    assert (again.profile, again.desk_id, again.generation) == (Profile.DEV, "desk-1", 1)
    assert again.status() == ring.status()
    assert again.display.open(ring.display.seal("李*", CONTEXT), CONTEXT) == "李*"
    assert again.factor.open(ring.factor.seal("totp", CONTEXT), CONTEXT) == "totp"
    assert again.blind.entry("t", "phone", "1") == ring.blind.entry("t", "phone", "1")
    assert again.row_mac.verify(ring.row_mac.digest(b"row"), b"row")
    assert again.token.verify(ring.token.digest(b"ticket"), b"ticket")
    assert again.log_signer.public_key.verify(ring.log_signer.sign(b"head"), b"head")
    wrapped = wrap(ring.kek(), new_case_key(), "t", "c")
    assert unwrap(again.kek(wrapped_under(wrapped)), wrapped, "t", "c", Purpose.REVEAL).version == 1


def test_every_key_is_another_one(ring: KeyRing) -> None:
    sealed = ring.display.seal("x", CONTEXT)
    with pytest.raises(SealBroken):
        ring.factor.open(sealed, CONTEXT)
    assert ring.row_mac.digest(b"x") != ring.token.digest(b"x")
    materials = ring._stored.materials
    assert len(set(materials)) == len(materials) == len(KeyName)


def test_two_rings_share_nothing(tmp_path: Path) -> None:
    one, two = (KeyRing.create(FileKeyProvider(tmp_path / n), Profile.DEV, "d", NOW) for n in ("a", "b"))
    assert not set(one._stored.materials) & set(two._stored.materials)


def test_files_are_private_and_hold_no_plain_key(folder: Path, ring: KeyRing, open_umask: None) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir()) == ["keyring.bin", "master.key"]
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    data = (folder / "keyring.bin").read_bytes()
    for material in ring._stored.materials:
        assert material not in data
        assert material.hex().encode() not in data


@pytest.mark.usefixtures("open_umask")
def test_an_open_umask_changes_nothing(provider: FileKeyProvider, folder: Path) -> None:
    KeyRing.create(provider, Profile.DEV, "desk-1", NOW)
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_ring_is_never_replaced_by_a_new_one(provider: FileKeyProvider, ring: KeyRing, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.create(provider, Profile.DEMO, "desk-2", NOW)
    assert refused.value.params["what"] == "exists"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_interrupted_first_start_can_be_repeated(provider: FileKeyProvider, folder: Path) -> None:
    provider.initialise()
    master = (folder / "master.key").read_bytes()
    KeyRing.create(provider, Profile.DEV, "desk-1", NOW)
    assert (folder / "master.key").read_bytes() == master


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_bit_of_the_ring_is_refused(folder: Path, data: st.DataObject) -> None:
    provider = FileKeyProvider(folder)
    if not folder.exists():
        KeyRing.create(provider, Profile.DEV, "desk-1", NOW)
    path = folder / "keyring.bin"
    good = path.read_bytes()
    position = data.draw(st.integers(0, len(good) * 8 - 1))
    changed = bytearray(good)
    changed[position // 8] ^= 1 << position % 8
    path.write_bytes(changed)
    try:
        with pytest.raises(KeyRingBroken):
            KeyRing.open(provider, NOW)
    finally:
        path.write_bytes(good)
    assert KeyRing.open(provider, NOW).generation == 1


def test_an_edited_profile_opens_nothing(provider: FileKeyProvider, ring: KeyRing, folder: Path) -> None:
    path = folder / "keyring.bin"
    good = path.read_bytes()
    path.write_bytes(good.replace(b'"profile":"dev"', b'"profile":"DEV"'))
    with pytest.raises(KeyRingBroken):
        KeyRing.open(provider, NOW)
    demo = good.replace(b'"profile":"dev"', b'"profile":"demo"')
    grown = demo[:5] + (int.from_bytes(demo[5:9], "big") + 1).to_bytes(4, "big") + demo[9:]
    path.write_bytes(grown)
    with pytest.raises(KeyRingBroken) as broken:
        KeyRing.open(provider, NOW)
    assert broken.value.params == {"what": "seal"}


@pytest.mark.parametrize("kept", [0, 4, 8, 9, 50, -17, -1])
def test_a_cut_ring_is_refused(provider: FileKeyProvider, ring: KeyRing, folder: Path, kept: int) -> None:
    path = folder / "keyring.bin"
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(KeyRingBroken):
        KeyRing.open(provider, NOW)


@pytest.mark.parametrize("name", ["keyring.bin", "master.key"])
def test_another_desks_file_is_refused(tmp_path: Path, ring: KeyRing, folder: Path, name: str) -> None:
    KeyRing.create(FileKeyProvider(tmp_path / "other"), Profile.DEV, "desk-1", NOW)
    shutil.copyfile(tmp_path / "other" / name, folder / name)
    with pytest.raises(KeyRingBroken):
        KeyRing.open(FileKeyProvider(folder), NOW)


def test_authentic_but_senseless_rings_are_refused(provider: FileKeyProvider, folder: Path) -> None:
    provider.initialise()
    for header, body in [
        (b"{}", b""),
        (b"not json", b""),
        (b'{"profile":"boss"}', b""),
        (_header(keys=b"[]"), b""),
        (_header(keys=b'[{"name":"kek","key_id":1,"created":"2026-11-22T08:00:00Z"}]'), b"short"),
        (_header(keys=b'[{"name":"kek","key_id":1,"created":"2026-11-22T08:00:00Z"}]'), b"k" * 17),
        (_header(keys=b'[{"name":"kek","key_id":16777216,"created":"2026-11-22T08:00:00Z"}]'), b"k" * 16),
    ]:
        aad = b"VDKR\x01" + len(header).to_bytes(4, "big") + header
        provider.store("keyring.bin", aad + provider.seal(body, aad), replace=True)
        with pytest.raises(KeyRingBroken):
            KeyRing.open(provider, NOW)


def _header(keys: bytes) -> bytes:
    return (
        b'{"profile":"dev","desk_id":"d","generation":1,"created":"2026-11-22T08:00:00Z","waiver":null,"keys":'
        + keys
        + b"}"
    )


@pytest.mark.parametrize("name", ["keyring.bin", "master.key"])
def test_missing_files_are_refused(provider: FileKeyProvider, ring: KeyRing, folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert _refusal(provider) == "missing"


def test_a_missing_directory_is_refused_and_not_made(provider: FileKeyProvider, folder: Path) -> None:
    assert _refusal(provider) == "missing"
    assert not folder.exists()


@pytest.mark.parametrize("name", ["keyring.bin", "master.key", "."])
@pytest.mark.parametrize("mode", [0o040, 0o004, 0o020, 0o002, 0o010, 0o001])
def test_whatever_others_may_touch_is_refused(
    provider: FileKeyProvider, ring: KeyRing, folder: Path, name: str, mode: int
) -> None:
    (folder / name).chmod(0o700 | mode if name == "." else 0o600 | mode)
    assert _refusal(provider) == "mode"


@pytest.mark.parametrize("name", ["keyring.bin", "master.key"])
def test_symbolic_links_are_refused(
    provider: FileKeyProvider, ring: KeyRing, folder: Path, tmp_path: Path, name: str
) -> None:
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    assert _refusal(provider) == "unusable"


def test_a_linked_directory_is_refused(ring: KeyRing, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    assert _refusal(FileKeyProvider(tmp_path / "link")) == "unusable"


def test_a_second_name_is_refused(provider: FileKeyProvider, ring: KeyRing, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").hardlink_to(folder / "master.key")
    assert _refusal(provider) == "not_a_plain_file"


def test_a_pipe_is_refused_at_once(provider: FileKeyProvider, ring: KeyRing, folder: Path) -> None:
    (folder / "master.key").unlink()
    os.mkfifo(folder / "master.key", 0o600)
    assert _refusal(provider) == "not_a_plain_file"


def test_a_foreign_owner_is_refused(provider: FileKeyProvider, ring: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert _refusal(provider) == "owner"


@pytest.mark.parametrize("content", [b"", b"VDMK\x01short", b"X" * 21, b"VDMK\x01" + bytes(17)])
def test_a_damaged_master_key_is_refused(
    provider: FileKeyProvider, ring: KeyRing, folder: Path, content: bytes
) -> None:
    (folder / "master.key").write_bytes(content)
    assert _refusal(provider) == "not_a_master_key"


def test_a_file_where_the_directory_should_be_is_refused(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(KeyProviderRefused):
        KeyRing.create(FileKeyProvider(folder), Profile.DEV, "d", NOW)


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "a/b", "a\0b"])
def test_only_plain_names(provider: FileKeyProvider, name: str) -> None:
    provider.initialise()
    with pytest.raises(KeyProviderRefused):
        provider.load(name)
    with pytest.raises(KeyProviderRefused):
        provider.store(name, b"x")


@pytest.mark.parametrize("step", ["fsync", "rename", "fchmod"])
def test_a_failed_write_leaves_what_was_there(
    provider: FileKeyProvider, ring: KeyRing, folder: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(KeyProviderRefused) as refused:
        ring.with_new_kek(provider, NOW)
    assert refused.value.params["reason"] == "ENOSPC"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_killed_write_leaves_what_was_there_and_is_swept_up(
    provider: FileKeyProvider, ring: KeyRing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", kill)
        with pytest.raises(Killed):
            ring.with_new_kek(provider, NOW)
    assert len(list(folder.glob(".*.tmp"))) == 1
    assert KeyRing.open(provider, NOW).generation == 1
    assert ring.with_new_kek(provider, NOW).generation == 2
    assert list(folder.glob(".*.tmp")) == []


def test_an_oversized_file_is_not_read(provider: FileKeyProvider, ring: KeyRing, folder: Path) -> None:
    with (folder / "keyring.bin").open("r+b") as file:
        file.truncate(1 << 21)
    assert _refusal(provider) == "size"


def test_the_volume_can_be_compared(provider: FileKeyProvider, ring: KeyRing, tmp_path: Path) -> None:
    assert provider.shares_volume_with(tmp_path)
    assert not provider.shares_volume_with(Path("/proc"))


def test_prod_without_hardware_needs_a_waiver(provider: FileKeyProvider, folder: Path) -> None:
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.create(provider, Profile.PROD, "desk-1", NOW)
    assert refused.value.params["what"] == "waiver_needed"
    assert not folder.exists()


@pytest.mark.parametrize(
    ("waiver", "what"),
    [
        (Waiver(persons=("p-1", "p-1"), until=WAIVER.until), "waiver_persons"),
        (Waiver(persons=("p-1", " p-1 "), until=WAIVER.until), "waiver_persons"),
        (Waiver(persons=("p-1", ""), until=WAIVER.until), "waiver_persons"),
        (Waiver(persons=("p-1", "p-2"), until=date(2026, 11, 21)), "waiver_over"),
    ],
)
def test_a_waiver_is_dated_and_given_by_two_people(provider: FileKeyProvider, waiver: Waiver, what: str) -> None:
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.create(provider, Profile.PROD, "desk-1", NOW, waiver)
    assert refused.value.params["what"] == what


def test_prod_opens_until_the_waiver_is_over_and_after_it_is_renewed(provider: FileKeyProvider, folder: Path) -> None:
    KeyRing.create(provider, Profile.PROD, "desk-1", NOW, WAIVER)
    assert KeyRing.open(provider, datetime(2026, 12, 31, 23, 59, tzinfo=UTC)).status().waiver == WAIVER
    after = datetime(2027, 1, 1, tzinfo=UTC)
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.open(provider, after)
    assert refused.value.params == {"what": "waiver_over", "until": "2026-12-31"}
    # The day is counted in UTC, wherever the desk stands.
    assert KeyRing.open(provider, datetime(2027, 1, 1, 7, 59, tzinfo=timezone(timedelta(hours=8)))).generation == 1
    with pytest.raises(KeyProviderRefused):
        KeyRing.renew_waiver(provider, after, WAIVER)
    with pytest.raises(KeyProviderRefused):
        KeyRing.open(provider, after)
    new = Waiver(persons=("p-2", "p-3"), until=date(2027, 3, 31))
    assert KeyRing.renew_waiver(provider, after, new).generation == 2
    assert KeyRing.open(provider, after).status().waiver == new


def test_an_edited_waiver_opens_nothing(provider: FileKeyProvider, folder: Path) -> None:
    KeyRing.create(provider, Profile.PROD, "desk-1", NOW, WAIVER)
    path = folder / "keyring.bin"
    assert b"2026-12-31" in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b"2026-12-31", b"2036-12-31"))
    with pytest.raises(KeyRingBroken):
        KeyRing.open(provider, NOW)


def test_a_waiver_has_no_place_elsewhere(provider: FileKeyProvider) -> None:
    with pytest.raises(KeyProviderRefused) as refused:
        KeyRing.create(provider, Profile.DEV, "desk-1", NOW, WAIVER)
    assert refused.value.params["what"] == "waiver_needless"
    KeyRing.create(provider, Profile.DEV, "desk-1", NOW)
    with pytest.raises(KeyProviderRefused):
        KeyRing.renew_waiver(provider, NOW, WAIVER)


def test_hardware_needs_no_waiver(provider: FileKeyProvider) -> None:
    hardware: KeyProvider = HardwareLike(provider)
    KeyRing.create(hardware, Profile.PROD, "desk-1", NOW)
    ring = KeyRing.open(hardware, NOW + timedelta(days=9999))
    assert (ring.profile, ring.status().provider) == (Profile.PROD, "hsm")
    # The same files behind a provider without hardware open nothing.
    assert _refusal(provider) == "waiver_needed"


def test_moments_without_a_zone_are_refused(provider: FileKeyProvider) -> None:
    with pytest.raises(ValueError, match="zone"):
        KeyRing.create(provider, Profile.DEV, "desk-1", NOW.replace(tzinfo=None))


def test_a_new_kek_leaves_the_old_one_working(provider: FileKeyProvider, ring: KeyRing) -> None:
    wrapped = wrap(ring.kek(), new_case_key(), "t", "c")
    later = NOW + timedelta(days=30)
    ring.with_new_kek(provider, later)
    grown = KeyRing.open(provider, later)
    assert grown.generation == 2
    assert (grown.kek().key_id, grown.kek(1).key_id) == (2, 1)
    held = unwrap(grown.kek(wrapped_under(wrapped)), wrapped, "t", "c", Purpose.ROTATION)
    assert wrapped_under(wrap(grown.kek(), held, "t", "c")) == 2
    keks = [(key.key_id, key.current, key.created) for key in grown.status().keys if key.name is KeyName.KEK]
    assert keks == [(1, False, NOW), (2, True, later)]
    with pytest.raises(SealBroken):
        grown.kek(3)


def test_a_ring_that_changed_meanwhile_is_not_overwritten(provider: FileKeyProvider, ring: KeyRing) -> None:
    ring.with_new_kek(provider, NOW)
    with pytest.raises(KeyRingBroken) as broken:
        ring.with_new_kek(provider, NOW)
    assert broken.value.params["what"] == "changed_meanwhile"
    assert KeyRing.open(provider, NOW).generation == 2


@pytest.mark.clause("F-4")
def test_status_lists_every_key_and_no_material(ring: KeyRing) -> None:
    status = ring.status()
    assert {key.name: key.algorithm for key in status.keys} == {
        KeyName.BLIND: "HMAC-SM3",
        KeyName.DISPLAY: "SM4-GCM",
        KeyName.DRAFT: "SM4-GCM",
        KeyName.FACTOR: "SM4-GCM",
        KeyName.KEK: "SM4-GCM",
        KeyName.LOG_SIGNER: "SM2",
        KeyName.MARK: "HMAC-SM3",
        KeyName.MARK: "HMAC-SM3",
        KeyName.ROW_MAC: "HMAC-SM3",
        KeyName.TOKEN: "HMAC-SM3",
    }
    assert all((key.key_id, key.created, key.current) == (1, NOW, True) for key in status.keys)
    _shows_nothing(ring, repr(status))


def _shows_nothing(ring: KeyRing, text: str) -> None:
    for material in ring._stored.materials:
        assert material.hex() not in text
        assert repr(material)[2:-1] not in text


def test_nothing_shows_or_pickles_the_ring(provider: FileKeyProvider, ring: KeyRing) -> None:
    for holder in (ring, ring._stored, ring.display, ring.kek(), ring.blind, ring.row_mac, ring.log_signer):
        _shows_nothing(ring, repr(holder))
        with pytest.raises(TypeError):
            pickle.dumps(holder)
    _shows_nothing(ring, repr(provider))


def test_a_worker_seals_and_opens_nothing(ring: KeyRing) -> None:
    exported = ring.export_for_worker()
    _shows_nothing(ring, repr(exported))
    worker = pickle.loads(pickle.dumps(exported))  # noqa: S301 - its own dump
    assert isinstance(worker, WorkerKeys)
    sealed = worker.display.seal("李*", CONTEXT)
    assert ring.display.open(sealed, CONTEXT) == "李*"
    with pytest.raises(PurposeRefused):
        worker.display.open(sealed, CONTEXT)
    assert worker.blind.entry("t", "phone", "1") == ring.blind.entry("t", "phone", "1")
    made = new_case_key()
    wrapped = wrap(worker.kek, made, "t", "c")
    value = made.cipher().seal("13800138000", CONTEXT)
    held = unwrap(ring.kek(), wrapped, "t", "c", Purpose.REVEAL)
    assert held.cipher().open(value, CONTEXT) == "13800138000"
    with pytest.raises(PurposeRefused):
        unwrap(worker.kek, wrapped, "t", "c", Purpose.REVEAL)
    with pytest.raises(PurposeRefused):
        unwrap(worker.kek, wrapped, "t", "c", Purpose.IMPORT).cipher().open(value, CONTEXT)


def test_keys_without_data_and_data_without_keys(ring: KeyRing, folder: Path, tmp_path: Path) -> None:
    """A stolen database opens nothing, and neither does one half of the key directory."""
    for left_behind in ("master.key", "keyring.bin"):
        stolen = tmp_path / left_behind
        shutil.copytree(folder, stolen)
        (stolen / left_behind).unlink()
        assert _refusal(FileKeyProvider(stolen)) == "missing"
