"""The tables of `veildesk bench trace`, small: who is named, who never is, what attacks leave."""

from __future__ import annotations

import pytest

from console.bench.trace import attacks, document, prints, roads, speed, stored
from console.bench.trace.chance import MERGES, Field, Trial, tried
from console.bench.trace.copies import House, house
from console.bench.trace.splits import split
from console.bench.trace.tables import Tables
from masking.imprint import Imprint
from watermark.runs import Carrier
from watermark.verdict import Finding

KEYED = Imprint(bytes(range(32)), "bench")
FIELD = Field(KEYED, keep=False)
pytestmark = pytest.mark.clause("issue-6")


@pytest.fixture(scope="module")
def few() -> House:
    return house(exports=200, rows=900, each=600, keyed=KEYED)


@pytest.mark.parametrize(
    "trial",
    [
        Trial(25),
        Trial(50),
        Trial(60, misread=0.1),
        Trial(60, carriers=(Carrier.ADDRESS,)),
        Trial(2, checked=True),
        Trial(60, carriers=(), heights=True),
    ],
    ids=["25 rows", "50 rows", "misread", "addresses", "checks", "heights of lines"],
)
def test_one_copy_is_named_and_no_innocent_one(trial: Trial) -> None:
    share = tried(FIELD, trial, 5)
    assert (share.named, share.all_named, share.accused) == (5, 5, 0)
    assert share.innocent == 5 * 999


def test_one_row_s_check_suspects() -> None:
    share = tried(FIELD, Trial(1, checked=True), 10)
    assert (share.named, share.suspected, share.accused) == (0, 10, 0)


def test_two_lines_of_a_printed_case_name_it_and_one_suspects() -> None:
    found = prints.printed(KEYED, 20, (1, 2))
    assert (found[1].named, found[1].suspected, found[1].accused) == (0, 20, 0)
    assert (found[2].trials, found[2].named, found[2].accused) == (20, 20, 0)


@pytest.mark.parametrize("merge", MERGES)
def test_one_of_three_is_named_whatever_they_did(merge: str) -> None:
    share = tried(FIELD, Trial(250, 3, merge), 2)
    assert (share.named, share.accused) == (2, 0)


def test_only_symbols_of_the_export_name_a_copy_at_twenty_rows() -> None:
    whole = split(KEYED, 20, 5, by_asker=())
    parted = split(KEYED, 20, 5, by_asker=(Carrier.NAME, Carrier.ID_NUMBER))
    assert whole.copy == 1.0
    assert parted.copy == 0.0


NAMED = {
    "none: 60 rows as they left",
    "check column cut",
    "check column kept, 2 rows",
    "ID numbers levelled",
    "names and ID numbers levelled",
    "all runs levelled, check column kept",
    "a third of the runs made random",
    "case numbers deleted",
    "another export's number in the header",
    "another export's number in header, footer, properties, names, colours",
    "only case numbers and the places of their lines left",
    "lines put back into their places",
}
LOST = {
    "all runs levelled",
    "masked columns deleted",
    "all runs made random",
    "case numbers and amounts deleted",
    "a check column made up",
    "5 rows said a hundred times",
    "lines put back, all else but case numbers cut",
}


@pytest.mark.parametrize("attack", attacks.ATTACKS)
def test_an_attack_never_names_an_innocent_copy(few: House, attack: str) -> None:
    outcome = attacks.attacked(few, attack)
    guilty = {attacks.GUILTY, *(attacks.OTHERS if "copies" in attack or "another copy's" in attack else ())}
    assert set(outcome.named) <= guilty
    if attack in NAMED:
        assert (outcome.finding, outcome.named) == (Finding.COPY, (attacks.GUILTY,))
    if attack in LOST:
        assert outcome.finding is Finding.UNDETERMINED
        assert "held whole by" in outcome.still or "no row is recognised" in outcome.still


@pytest.mark.parametrize("road", [road for road in roads.ROADS if "LibreOffice" not in road and "picture" not in road])
def test_a_road_loses_nothing(few: House, road: str) -> None:
    try:
        assert roads.travelled(few, road, 1) == (1, roads.ROWS_OF.get(road, roads.ROWS))
    except roads.RoadClosed as closed:
        assert str(closed) == "pandas"  # noqa: PT017 - the only program of these roads that need not be there


def test_what_a_file_says_of_itself_is_seen_gone_and_forged(few: House) -> None:
    """The notebook's first lines are of a file that has every layer, not of a bare table."""
    whole = attacks.attacked(few, "none: 60 rows as they left").said
    gone = attacks.attacked(few, "headers, footers, properties removed").said
    forged = attacks.attacked(few, "another export's number in header, footer, properties, names, colours").said
    for layer in ("visible", "properties", "names", "header", "fonts"):
        assert f"{layer} fits" in whole
        assert f"{layer} fits" not in gone
        assert f"{layer} differs" in forged


@pytest.mark.slow
def test_tracing_from_a_database_names_the_copy_out_of_all() -> None:
    (found,) = stored.figures(KEYED, 1, exports=40)
    assert found.value > 0
    assert found.floor == speed.PROMISED


def test_the_document_has_every_line() -> None:
    tables = Tables()
    tables.single["20 rows"] = tried(FIELD, Trial(20), 2)
    tables.prints[2] = tables.single["20 rows"]
    tables.colluders[2, 150, "row"] = tried(FIELD, Trial(150, 2, "row"), 1)
    for merge in MERGES:
        tables.colluders[2, 150, merge] = tables.colluders[2, 150, "row"]
    tables.splits["a", "b"] = split(KEYED, 5, 1, by_asker=())
    tables.roads |= {"one": (1, 60, 1), "two": "pandas"}
    tables.attacks["none"] = attacks.Outcome(Finding.COPY, (7,), 1e-12, "runs names", "60 rows")
    text = document.markdown(tables, 2)
    for part in (
        "| 20 rows | 100.00 % (2/2)",
        "| one | 1/1 | 60 |",
        "| 2 | 100.00 % (2/2)",
        "(screen-marks.md)",
        "not measured: pandas",
        "| none | copy | VX-000007",
    ):
        assert part in text
