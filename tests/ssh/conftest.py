"""A served desk for tests of the front door: real processes, real OpenSSH clients; the desk's clock is the test's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A desk of one test's own."""
    with serving(tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One desk for tests that leave no trace but events; its clock moves on with each."""
    with serving(tmp_path_factory.mktemp("served")) as house:
        yield house


@pytest.fixture
def house(shared: Served) -> Served:
    """The shared desk a minute later, so that everybody has a fresh one-time code."""
    shared.clock.advance(60)
    return shared
