"""No command writes a report to a file: what leaves, leaves as an export, marked and agreed to."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CLI = Path(__file__).parents[2] / "console" / "cli"
OWN = {
    "failure.py": "the desk's own technical log",
    "imports.py": "faults of a lender's file, for that lender: row, column, code, masked hint",
    "own_key.py": "a key that possession is proven with, and its public half",
    "package.py": "the recipient's own key",
    "tickets.py": "the ticket that spares the next command its factors",
    "trace_file.py": "the signed answer of a tracing: numbers of rows, none of them",
}
"""Commands that write a file, and what."""
_WRITES = {"write_text", "write_bytes", "fdopen", "mkstemp", "NamedTemporaryFile"}


def writes(source: str) -> bool:
    """Whether a module opens files to write them."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        words = [
            one.value for one in (*node.args, *(kind.value for kind in node.keywords)) if isinstance(one, ast.Constant)
        ]
        if name in _WRITES or (
            name == "open" and any(str(word)[:1] in {"w", "x", "a"} and len(str(word)) < 4 for word in words)
        ):
            return True
    return False


@pytest.mark.clause("issue-6", "C-5.4d-1")
def test_no_command_writes_a_report() -> None:
    assert {path.name for path in CLI.glob("*.py") if writes(path.read_text(encoding="utf-8"))} == set(OWN)


def test_writing_is_seen() -> None:
    assert writes("p.open('xb')")
    assert writes("open(p, mode='w')")
    assert writes("p.write_text('x')")
    assert not writes("p.open('rb').read()")
