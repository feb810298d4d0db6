"""Who may register: what proves it, for how long, from where; and nobody keeps a phone away by asking often."""

from __future__ import annotations

import pytest

from console.dial.registrar import HOLDS, REALM, Registrar, _md5, asking, secret_of

pytestmark = pytest.mark.clause("issue-5")
SECRET = secret_of("ag01", "word")
HERE, ELSEWHERE = ("10.0.0.1", 5060), ("10.0.0.2", 5060)


class Digest:
    """What an Authorization header says."""

    qop: str | None = None
    cnonce: str | None = None
    nc: str | None = None
    algorithm: str | None = "MD5"
    uri: str | None = "sip:x"

    def __init__(
        self, username: str, nonce: str, secret: str = SECRET, realm: str = REALM, method: str = "REGISTER"
    ) -> None:
        self.username: str | None = username
        self.realm: str | None = realm
        self.nonce: str | None = nonce
        self.response: str | None = _md5(f"{secret}:{nonce}:{_md5(f'{method}:sip:x')}")


@pytest.fixture
def phones() -> Registrar:
    phones = Registrar()
    phones.allow("ag01", SECRET)
    return phones


def test_a_nonce_is_used_once_and_not_for_long(phones: Registrar) -> None:
    def fresh() -> str:
        return phones.challenge(HERE, 100.0)

    nonce = fresh()
    assert f'nonce="{nonce}"' in asking(nonce)
    assert phones.proven(Digest("ag01", nonce), HERE, 101.0) == "ag01"
    assert phones.proven(Digest("ag01", nonce), HERE, 101.0) is None
    # Nor is it another one in other letters.
    assert phones.proven(Digest("ag01", nonce.upper()), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", fresh()), HERE, 129.0) == "ag01"
    assert phones.proven(Digest("ag01", fresh()), HERE, 131.0) is None
    assert phones.proven(Digest("ag01", "made up"), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", fresh(), secret_of("ag01", "other")), HERE, 101.0) is None
    assert phones.proven(Digest("ag02", fresh()), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", fresh(), realm="elsewhere"), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", fresh(), method="INVITE"), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", fresh(), method="INVITE"), HERE, 101.0, "INVITE") == "ag01"


def test_a_nonce_is_ours_and_proves_only_where_it_was_given(phones: Registrar) -> None:
    nonce = phones.challenge(HERE, 100.0)
    assert phones.proven(Digest("ag01", nonce), ELSEWHERE, 101.0) is None
    assert phones.proven(Digest("ag01", nonce), (HERE[0], 5061), 101.0) is None
    # Its moment cannot be put off.
    later = bytes.fromhex(nonce)[:7] + b"\xff" + bytes.fromhex(nonce)[8:]
    for forged in (later.hex(), nonce[:-2], nonce + "00", "", "zz", "00" * 32, "\u00e9" * 32):
        assert phones.proven(Digest("ag01", forged), HERE, 101.0) is None, forged
    other = Registrar()
    other.allow("ag01", SECRET)
    assert other.proven(Digest("ag01", nonce), HERE, 101.0) is None
    # Whoever tried in vain took it from nobody.
    assert phones.proven(Digest("ag01", nonce, "wrong"), HERE, 101.0) is None
    assert phones.proven(Digest("ag01", nonce), HERE, 101.0) == "ag01"


def test_whoever_asks_often_takes_no_nonce_from_anybody(phones: Registrar) -> None:
    for _ in range(20_000):
        phones.challenge(ELSEWHERE, 100.0)
    assert phones.proven(Digest("ag01", phones.challenge(HERE, 101.0)), HERE, 101.0) == "ag01"
    # One that knows its own secret and proves it on and on stands in nobody's way but its own, and not for long.
    phones.allow("ag02", SECRET)
    proofs = [phones.proven(Digest("ag02", phones.challenge(ELSEWHERE, 100.0)), ELSEWHERE, 100.0) for _ in range(300)]
    assert None in proofs
    assert phones.proven(Digest("ag01", phones.challenge(HERE, 101.0)), HERE, 101.0) == "ag01"
    assert phones.proven(Digest("ag02", phones.challenge(ELSEWHERE, 131.0)), ELSEWHERE, 131.0) == "ag02"


def test_a_registration_ends_by_itself_and_with_its_secret() -> None:
    phones = Registrar()
    phones.allow("ag01", secret_of("ag01", "word"))
    assert phones.put("ag01", "x", ("10.0.0.1", 5060), seconds=9999, now=0.0) == HOLDS
    assert phones.find("ag01", HOLDS - 1.0) is not None
    assert phones.at(("10.0.0.1", 5060)) == "ag01"
    assert phones.find("ag01", HOLDS + 1.0) is None
    assert phones.gone(HOLDS + 1.0) == ["ag01"]
    assert phones.gone(HOLDS + 1.0) == []
    phones.put("ag01", "x", ("10.0.0.1", 5060), seconds=60, now=0.0)
    phones.allow("ag01", "")
    assert phones.find("ag01", 1.0) is None


def test_phones_behind_an_edge_are_told_apart_by_its_connections() -> None:
    phones, edge = Registrar(), ("127.0.0.1", 5072)
    for name, port in (("ag01", 40001), ("ag02", 40002)):
        phones.put(name, f"edge-10.0.0.7-{port}-{name}", edge, seconds=60, now=0.0)
    phones.put("ag03", "ag03", ("10.0.0.9", 5060), seconds=60, now=0.0)
    assert phones.at(edge, "edge-10.0.0.7-40002-any") == "ag02"
    assert phones.at(edge, "edge-10.0.0.7-4000-ag01") == ""
    assert phones.at(edge, "ag01") == ""
    assert phones.at(edge) == ""
    assert phones.at(("10.0.0.9", 5060)) == "ag03"
    assert phones.at(("10.0.0.9", 5060), "edge-10.0.0.7-40001-ag01") == ""
