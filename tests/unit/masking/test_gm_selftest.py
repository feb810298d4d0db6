"""The start-up self-test passes on good algorithms and names each bad one; the ciphers stand behind one door."""

from __future__ import annotations

import ast
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import masking
from masking import gm
from masking.errors import SelfTestFailed
from masking.gm import digest, gcm, selftest, signature

ROOT = Path(masking.__file__).parent.parent


@pytest.mark.clause("F-4")
def test_passes_quickly() -> None:
    gm.self_test()  # loads gmssl
    quickest = min(_timed(gm.self_test) for _ in range(5))
    assert quickest < 0.5


def _timed(act: Callable[[], None]) -> float:
    start = time.thread_time()
    act()
    return time.thread_time() - start


def _flipped(function: Callable[..., bytes]) -> Callable[..., bytes]:
    def wrong(*args: object) -> bytes:
        result = function(*args)
        return bytes([result[0] ^ 1]) + result[1:]

    return wrong


@pytest.mark.clause("F-4")
@pytest.mark.parametrize(
    ("owner", "name", "check"),
    [
        (digest, "sm3", "sm3_standard"),
        (digest, "hmac_sm3", "hmac_sm3_standard"),
        (gcm, "gcm_seal", "sm4_gcm_standard"),
        (gcm, "gcm_open", "sm4_gcm_standard"),
        (signature, "_multiply", "sm2_standard"),
    ],
)
def test_names_the_algorithm_that_answers_wrongly(
    monkeypatch: pytest.MonkeyPatch, owner: ModuleType, name: str, check: str
) -> None:
    monkeypatch.setattr(owner, name, _flipped(getattr(owner, name)))
    with pytest.raises(SelfTestFailed) as failed:
        gm.self_test()
    assert failed.value.params == {"check": check}


@pytest.mark.clause("F-4")
def test_a_seal_that_opens_anything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcm, "gcm_open", lambda *_: selftest._GCM_PLAINTEXT)
    with pytest.raises(SelfTestFailed, match="sm4_gcm_refuses"):
        gm.self_test()


@pytest.mark.clause("F-4")
def test_a_verifier_that_says_yes_to_everything_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature.Sm2PublicKey, "verify", lambda *_: True)
    with pytest.raises(SelfTestFailed, match="sm2_verifies"):
        gm.self_test()


@pytest.mark.clause("F-4")
def test_a_second_implementation_that_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gmssl.sm3.sm3_hash", lambda _: "00" * 32)
    with pytest.raises(SelfTestFailed, match="sm3_second_implementation"):
        gm.self_test()


@pytest.mark.clause("F-4")
def test_a_check_that_breaks_counts_as_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> bytes:
        raise ValueError

    monkeypatch.setattr(gcm, "gcm_seal", broken)
    with pytest.raises(SelfTestFailed, match="sm4_gcm_standard"):
        gm.self_test()


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").split(".")[0])
    return found


def test_only_the_door_imports_a_cipher() -> None:
    door = ROOT / "masking" / "gm"
    sources = [path for room in ("masking", "watermark", "access", "console") for path in (ROOT / room).rglob("*.py")]
    assert len(sources) > 10
    ciphers = {"cryptography", "gmssl", "Cryptodome", "Crypto", "nacl"}
    assert [path for path in sources if door not in path.parents and _imported(path) & ciphers] == []
    # Predictable numbers have no place beside keys.
    assert [path for path in (ROOT / "masking").rglob("*.py") if "random" in _imported(path)] == []


def test_loading_the_door_does_not_load_gmssl() -> None:
    code = "import sys, masking.keys; print('gmssl' in sys.modules, 'cryptography' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert answer.stdout.split() == ["False", "True"]
