"""Passwords, one-time codes and back-off, without a database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.context import SECOND
from access.people import totp
from access.people.lockout import Backoff, login_key
from access.people.passwords import Argon2Parameters, PasswordHasher, WeakPassword, _common, check_strength

FAST = PasswordHasher(Argon2Parameters(memory=64, passes=1))
NOW = 1_800_000_000 * SECOND
RFC_SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.clause("Y-4.2.2", "C-6.3")
@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        ("Xk9#mV2p", "short"),
        ("x" * 129, "long"),
        ("1qaz2wsx3edc", "common"),
        ("WoAiNi1314520", "guessable"),
        ("zhangwei19900101", "guessable"),
        ("A0173zhangwei", "guessable"),
        ("123456789012345", "guessable"),
        ("qwertyuiop[]", "guessable"),
        ("liuyang@2026!", "pieces"),
    ],
)
def test_weak_passwords_are_refused_and_never_repeated(wish: str, reason: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_strength(wish, ["A0173", "zhangwei", "张伟"])
    assert refused.value.params["reason"] == reason
    assert wish not in str(refused.value)


@pytest.mark.clause("Y-4.2.2")
@pytest.mark.parametrize("wish", ["xK9#mV2pLq7w", "correct horse battery staple", "雨落青石板上听见旧歌声"])
def test_strong_passwords_are_taken(wish: str) -> None:
    check_strength(wish, ["A0173"])


def test_the_bundled_list_is_thousands_long_and_lower_case() -> None:
    words = _common()
    assert len(words) > 5000
    assert all(word == word.lower().strip() for word in words)


@pytest.mark.clause("Y-4.2.2")
def test_argon2id_with_the_desks_parameters() -> None:
    assert Argon2Parameters() == Argon2Parameters(memory=65536, passes=3, lanes=1)
    encoded = FAST.hash("Ｐassword-全角")
    assert encoded.startswith("$argon2id$")
    assert FAST.verify(encoded, "Password-全角")
    assert not FAST.verify(encoded, "password-全角")
    assert not FAST.verify("damaged", "anything")
    assert not FAST.verify(FAST.decoy, "anything")
    assert FAST.hash("same-one") != FAST.hash("same-one")


@pytest.mark.clause("Y-4.2.2")
@pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (2000000000, "279037")])
def test_codes_are_those_of_rfc_6238(second: int, code: str) -> None:
    assert totp.code_at(RFC_SEED, totp.step_of(second * SECOND)) == code


@pytest.mark.clause("Y-4.2.2")
def test_one_step_of_tolerance_and_no_replay() -> None:
    step = totp.step_of(NOW)
    for shift in (-1, 0, 1):
        code = totp.code_at(RFC_SEED, step + shift)
        assert totp.matching_step(RFC_SEED, code, NOW, 0) == step + shift
        assert totp.matching_step(RFC_SEED, code, NOW, step + shift) is None
    for shift in (-2, 2):
        assert totp.matching_step(RFC_SEED, totp.code_at(RFC_SEED, step + shift), NOW, 0) is None


def test_a_desk_with_no_name_of_its_own_is_not_said_twice() -> None:
    assert "issuer=Veildesk" in totp.provisioning_uri("A" * 32, "hao", "Veildesk").split("&")
    assert "issuer=Veildesk%20Nord" in totp.provisioning_uri("A" * 32, "hao", "Nord").split("&")


@given(st.text(max_size=12))
def test_whatever_is_typed_never_raises(typed: str) -> None:
    assert totp.matching_step(RFC_SEED, typed, NOW, totp.step_of(NOW) + 1) is None


def test_the_qr_code_is_text_that_fits_a_terminal() -> None:
    uri = totp.provisioning_uri(totp.new_seed(), "zhangwei", "demo")
    assert uri.startswith("otpauth://totp/")
    lines = totp.qr_text(uri).splitlines()
    assert len(lines) <= 24
    assert max(len(line) for line in lines) <= 80


@pytest.mark.clause("Y-4.2.2", "C-6.3")
@given(st.integers(0, 10_000))
def test_back_off_doubles_up_to_its_longest(failed: int) -> None:
    rule = Backoff()
    locked = rule.locked_for(failed)
    assert (locked == 0) == (failed < rule.free)
    assert locked <= rule.longest * SECOND
    assert rule.locked_for(failed + 1) >= locked


def test_names_are_counted_by_digest_however_they_are_typed() -> None:
    assert login_key(" ZhangWei ") == login_key("zhangwei")
    assert "zhangwei" not in login_key("zhangwei")
