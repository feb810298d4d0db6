"""The bench of calls measures real ones: a few of them, so that it runs where everything else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.bench import calls
from console.bench.calls_line import Line
from console.bench.calls_page import page
from console.bench.hosts import PeerMissing
from console.dial.messages import Ended
from console.dial.results import By, Result


@pytest.mark.debian("sipp")
@pytest.mark.slow
async def test_calls_are_made_and_everything_said_is_heard(tmp_path: Path) -> None:
    said: list[str] = []
    figures = await calls.run(tmp_path, rates=(4,), seconds=1, at_once=3, told=said.append)
    rate, speech = figures
    assert rate.rounds == 4
    assert rate.peers["calls that did not come about"] == 0
    assert rate.value > 0
    assert rate.floor >= 1
    assert rate.peers["calls from a key that did not come about"] == 0
    ring, speech_from_key = (
        rate.peers[f"p50 from the agent's key to {what}"] for what in ("the ring of their phone", "speech")
    )
    assert 0 < ring < speech_from_key
    assert speech.peers["calls that stood"] == speech.peers["recordings that are whole"] == 3
    assert speech.peers["packets sent"] > 0
    assert speech.value >= 0
    assert not list(tmp_path.glob("*.vdr")), "what was recorded is gone"
    text = page(figures, 1)
    assert "3 recorded calls at once" in text
    assert "Call set-up at 4/s" in text
    assert "p95 from the agent's key to the ring of their phone |" in text
    assert len(said) == 4


async def test_without_sipp_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PeerMissing):
        await calls.run(tmp_path)


def test_how_calls_ended_that_did_not_come_about_is_counted(tmp_path: Path) -> None:
    line = Line(tmp_path)
    line.talking["spoke"] = 0.1
    for call_id, end in (
        ("spoke", Ended(call_id="spoke", result=Result.ANSWERED, by=By.DESK)),
        ("one", Ended(call_id="one", result=Result.SYSTEM_ERROR, by=By.LINE)),
        ("two", Ended(call_id="two", result=Result.SYSTEM_ERROR, by=By.LINE)),
        ("three", Ended(call_id="three", result=Result.NETWORK_ERROR, by=By.LINE, code=408)),
    ):
        line.ended[call_id] = end
    assert line.unmade(["spoke", "one", "two", "three", "four"]) == {
        "of them network_error by line, 408": 1,
        "of them system_error by line": 2,
        "of them without an end": 1,
    }
    assert line.unmade(["spoke"]) == {}
