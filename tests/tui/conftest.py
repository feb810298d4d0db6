"""Screens reach their desk within its process or over its socket; both are the same protocol."""

from __future__ import annotations

import pytest

from tests.support.wired import ASKED, WAYS, over_the_socket


@pytest.fixture(autouse=ASKED)
def _over_the_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    over_the_socket(monkeypatch)


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways in turn."""
    if request.param == "socket" and not ASKED:
        over_the_socket(monkeypatch)
    return str(request.param)
