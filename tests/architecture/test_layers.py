"""Who may import whom: the contracts of import-linter hold, and hold for what it cannot see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("access", "console", "masking", "watermark")


def modules(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module named in an import, wherever in the file it stands."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offenders(folders: tuple[str, ...], banned: tuple[str, ...], *, but: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(*folders)
        if not str(path.relative_to(ROOT)).startswith(but or ("\0",))
        for name in imports(path)
        if any(name == one or name.startswith(f"{one}.") for one in banned)
    ]


@pytest.mark.clause("design-3")
def test_the_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


@pytest.mark.clause("design-4")
def test_ciphers_are_imported_behind_one_door() -> None:
    assert offenders(PACKAGES, ("cryptography", "gmssl", "Crypto", "Cryptodome"), but=("masking/gm/",)) == []


@pytest.mark.clause("design-2")
def test_screens_and_commands_never_name_the_database() -> None:
    assert offenders(("console/tui", "console/cli"), ("sqlalchemy", "access.store", "alembic", "sqlite3")) == []


@pytest.mark.clause("design-4")
def test_the_rooms_face_one_way() -> None:
    assert offenders(("masking",), ("access", "console", "watermark", "sqlalchemy", "asyncio")) == []
    assert offenders(("watermark",), ("access", "console", "masking", "sqlalchemy", "asyncio")) == []
    assert offenders(("access",), ("console", "watermark", "textual")) == []


def test_a_banned_import_would_be_seen(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.py"
    hidden.write_text("def f():\n    from access.store import engine\n")
    assert "access.store.engine" in set(imports(hidden))
