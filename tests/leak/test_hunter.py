"""The hunter finds what it hunts: every spelling of every field, whole or in part, in every kind of place.

Without this, "nothing was found" would prove nothing.
"""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from console.demo.debtors import COMPOUND
from tests.leak.canaries import Maker, twin
from tests.leak.hunter import Hunter, digit_parts, hidden_parts, more_spellings

WAYS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "utf-16": lambda text: text.encode("utf-16"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 of more": lambda text: base64.b64encode(b"{" + text.encode() + b"}"),
    "base64 of still more": lambda text: base64.b64encode(b"{'" + text.encode() + b"'}"),
    "urlsafe": lambda text: base64.urlsafe_b64encode(text.encode()),
    "url": lambda text: quote(text, safe="@").encode(),
    "repr": lambda text: repr(text).encode(),
    "ascii": lambda text: ascii(text).encode(),
    "json": lambda text: msgspec.json.encode({"x": text}),
    "msgpack": lambda text: msgspec.msgpack.encode({"x": text}),
    "gb18030": lambda text: text.encode("gb18030"),
}
PHONES: dict[str, Callable[[str], str]] = {
    "+86": lambda text: f"+86{text}",
    "+86 ": lambda text: f"+86 {text}",
    "0086": lambda text: f"0086{text}",
    "86-": lambda text: f"86-{text}",
    "spaced": lambda text: f"{text[:3]} {text[3:7]} {text[7:]}",
    "dashed": lambda text: f"{text[:3]}-{text[3:7]}-{text[7:]}",
    "full width": lambda text: text.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "first seven": lambda text: f"{text[:7]}****",
    "last eight": lambda text: f"***{text[3:]}",
    "spaced last eight": lambda text: f"***{text[3:7]} {text[7:]}",
    "spaced out": " ".join,
}
SHORTEST = 6
"""Two characters in two bytes each stand in every ciphertext by chance, so nobody can hunt them."""
CUSTOMERS = Maker(7).customers(60)


@pytest.fixture(scope="module")
def hunter() -> Hunter:
    return Hunter.of(CUSTOMERS)


@pytest.mark.clause("issue-2")
@pytest.mark.parametrize("way", WAYS)
def test_every_value_is_found_in_every_coding(hunter: Hunter, way: str) -> None:
    missed = []
    for owner, customer in enumerate(CUSTOMERS):
        for name, value in customer.values():
            data = WAYS[way](value).removeprefix(b"\xff\xfe")
            if len(data) < SHORTEST:
                continue
            hits = hunter.within(b"\x00" + os.urandom(37) + b" " + data + b" " + os.urandom(11), "here")
            if (name, owner) not in {(hit.field, hit.owner) for hit in hits} and not any(
                hit.field == name for hit in hunter.within(data, "here")
            ):
                missed.append((name, value))
    assert missed == []


@pytest.mark.clause("issue-2")
@pytest.mark.parametrize("way", PHONES)
def test_every_way_to_write_a_phone_is_found(hunter: Hunter, way: str) -> None:
    for customer in CUSTOMERS:
        for phone in (*customer.mobiles, *(one.phone for one in customer.contacts)):
            assert hunter.text(f"tel: {PHONES[way](phone)}, ", "here"), way


@pytest.mark.clause("issue-2")
def test_numbers_names_and_dates_are_found_as_people_write_them(hunter: Hunter) -> None:
    for one in CUSTOMERS:
        number, card = one.id_number, one.cards[0]
        year, month, day = one.born.split("-")
        written = [
            number.lower(), f"{number[:6]} {number[6:14]} {number[14:]}", f"{number[:10]}********", f"{card[:10]}****",
            " ".join(card[at : at + 4] for at in range(0, len(card), 4)), f"******{card[-10:]}",
            f"{year}年{int(month)}月{int(day)}日", f"{year}/{month}/{day}", f"{year}{month}{day}",
            one.email.upper(), one.im[1:], one.employer[2:], one.home[-12:], one.loans[0].number.lower().upper(),
        ]  # fmt: skip
        name = one.name
        if "·" in name:
            written += [name.replace("·", "•"), name.replace("·", " "), name.replace("·", ""), name[1:]]
        elif name.isascii():
            written += [" ".join(reversed(name.split())), name.upper(), name.split()[1]]
        else:
            cut = 2 if name.startswith(COMPOUND) else 1
            written += [f"{name[cut:]} {name[:cut]}", f"{name[:cut]} {name[cut:]}", f"{name[cut:]}{name[:cut]}"]
        assert [text for text in written if not hunter.text(f"[{text}]", "here")] == []


@pytest.mark.clause("issue-2")
def test_masks_and_the_desks_own_numbers_are_no_hits(hunter: Hunter) -> None:
    for one in CUSTOMERS:
        phone, number, card = one.mobiles[0], one.id_number, one.cards[0]
        shown = (
            f"{one.name[0]}* {phone[:3]}****{phone[7:]} *******{phone[7:]} {number[0]}{'*' * 16}{number[-1]} "
            f"****{card[-4:]} {one.home[:6]}**** {one.employer[:2]}**** {one.email[0]}***@example.com "
            f"****{one.loans[0].number[-4:]} C-2026-0018841 1795136400000000 2026-11-20 {int(one.born[:3])}0s"
        )
        assert hunter.text(shown, "mask") == []


def test_parts_belong_to_the_value_they_are_of() -> None:
    for customer in (*CUSTOMERS, *map(twin, CUSTOMERS)):
        for name, value in customer.values():
            for _, part in hidden_parts(name, value):
                assert part in value.encode() or name in {"full_name", "contact_name"}
            for _, digits in digit_parts(name, value):
                assert digits in value.replace("-", "")
            assert all(isinstance(data, bytes) for _, data in more_spellings(name, value))


@pytest.mark.clause("issue-2")
def test_planted_values_are_found_in_every_kind_of_place(hunter: Hunter, tmp_path: Path) -> None:
    home = tmp_path / "h"
    home.mkdir()
    victim = CUSTOMERS[3]
    database = home / "desk.db"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (a TEXT, b BLOB)")
        connection.execute("INSERT INTO t VALUES (?, ?)", ("x", b"\x01" * 5000))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert hunter.files(home) == []
        connection.execute("INSERT INTO t VALUES (?, ?)", (victim.home, victim.mobiles[0].encode()))
        places = {hit.place for hit in hunter.files(home)}
        assert places == {"desk.db-wal"}
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fields = {hit.field for hit in hunter.files(home) if hit.place == "desk.db"}
        assert {"home_address", "mobile"} <= fields
    deep = home / "tmp" / "imports"
    deep.mkdir(parents=True)
    (deep / "copy").write_bytes(os.urandom(1 << 20) + victim.cards[0].encode())
    (deep / f"{victim.name}.csv").touch()
    (deep / "link").symlink_to(f"nowhere-{victim.mobiles[1]}")
    found = {(hit.place, hit.field) for hit in hunter.files(home / "tmp")}
    assert found == {("copy", "bank_card"), ("name", "full_name"), ("link", "mobile")}
    assert hunter.files(home / "tmp", but=[deep]) == []


@pytest.mark.clause("issue-2")
def test_values_across_the_edge_of_a_chunk_are_found(hunter: Hunter, tmp_path: Path) -> None:
    value = CUSTOMERS[5].home.encode()
    for back in (1, 7, len(value) - 1):
        path = tmp_path / f"cut-{back}"
        path.write_bytes(bytes((1 << 20) - back) + value + bytes(100))
        assert any(hit.field == "home_address" and hit.spelling == "plain" for hit in hunter.file(path))


def test_noise_is_no_hit(hunter: Hunter) -> None:
    assert list(hunter.within(os.urandom(1 << 20), "noise")) == []
