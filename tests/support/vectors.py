"""Test vectors from elsewhere: read where they lie beside the project, never copied into it."""

from __future__ import annotations

from pathlib import Path

import pytest


def shared_vectors(*parts: str) -> Path:
    """Return a file or folder under the nearest ``shared/vectors`` above the project; skip the test without one."""
    for folder in Path(__file__).resolve().parents:
        found = folder / "shared" / "vectors"
        if found.is_dir():
            return found.joinpath(*parts)
    pytest.skip("no shared/vectors folder beside the project")
