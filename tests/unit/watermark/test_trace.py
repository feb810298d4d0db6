"""Fragments of marked tables name their copy; innocent copies are never named."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masking.imprint import Imprint
from tests.support.marks import COLUMNS, KEYED, STRATEGIES, House, Table, house, merged, plain_row
from watermark import evidence, models, positions, rowset
from watermark.finders import finders
from watermark.fragment import Fragment, lines, words
from watermark.keyed import HashKeyed
from watermark.marker import Marker, mark_table
from watermark.registry import Issued, MemoryRegistry
from watermark.trace import Tracer
from watermark.verdict import Candidate, Finding, Layer, Said, Verdict

EXPORTS = 300
pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")


@pytest.fixture(scope="module")
def desk() -> House:
    return house(EXPORTS, rows=900, each=400)


def bare(table: Table) -> Table:
    """Without the check column."""
    return [row[:-1] for row in table]


def copies(verdict: Verdict) -> set[int]:
    return {one.serial for one in verdict.candidates if one.finding is Finding.COPY}


def said(candidate: Candidate, layer: Layer) -> Said:
    return next(one.said for one in candidate.layers if one.layer is layer)


def test_twenty_five_rows_name_their_copy_and_nobody_else(desk: House) -> None:
    for serial in range(1, 41):
        verdict = desk.tracer.trace(Fragment(bare(desk.copy(serial, desk.held[serial][:25]))))
        assert copies(verdict) == {serial}
        first = verdict.candidates[0]
        assert (first.asker, first.asked_at) == (f"S{serial % 40:04d}", 1_000_000 * serial)
        assert first.p <= 1e-9
        assert first.rows == tuple(range(1, 26))
        assert said(first, Layer.RUNS) is Said.NAMES
        assert said(first, Layer.CHECK) is Said.ABSENT


def test_one_check_suspects_and_two_name(desk: House) -> None:
    for serial in range(1, 31):
        table = desk.copy(serial, desk.held[serial][:2])
        one, two = (desk.tracer.trace(Fragment(table[:count])) for count in (1, 2))
        assert (one.finding, one.candidates[0].serial) == (Finding.SUSPECT, serial)
        assert copies(two) == {serial}


ROADS: dict[str, Callable[[Table], Fragment]] = {
    "shuffled": lambda table: Fragment(table[::-1][1::2] + table[::-1][::2]),
    "sorted by amount": lambda table: Fragment(sorted(table, key=lambda row: float(row[5]))),
    "without ids": lambda table: Fragment([row[1:] for row in table]),
    "ids and phones cut": lambda table: Fragment([[*row[1:4], *row[5:]] for row in table]),
    "columns moved": lambda table: Fragment([row[::-1] for row in table]),
    "a header and a title": lambda table: Fragment([["名单"], ["案号", "姓名"], *table]),
    "NFKC": lambda table: Fragment([[unicodedata.normalize("NFKC", cell) for cell in row] for row in table]),
    "full-width": lambda table: Fragment([[cell.replace("*", "＊") for cell in row] for row in table]),
    "zero-width added": lambda table: Fragment([["\u200b".join(cell) for cell in row] for row in table]),
    "GBK": lambda table: Fragment([[cell.encode("gbk").decode("gbk") for cell in row] for row in table]),
    "escaped": lambda table: Fragment([[cell.replace("*", "\\*") for cell in row] for row in table]),
    "pasted with tabs": lambda table: lines("\n".join("\t".join(row) for row in table)),
    "pasted as a Markdown table": lambda table: lines("\n".join("| " + " | ".join(row) + " |" for row in table)),
    "loose words": lambda table: lines("\n\n".join(" ".join(row) for row in table)),
    "read by eye, a wide blank in each line": lambda table: words(
        "\n".join("  ".join((row[0], " ".join(row[1:]))) for row in table)
    ),
}


@pytest.mark.parametrize("road", ROADS)
def test_a_copy_is_named_after(desk: House, road: str) -> None:
    table = bare(desk.copy(17, desk.held[17][100:160]))
    verdict = desk.tracer.trace(ROADS[road](table))
    assert verdict.recognised >= 55
    assert copies(verdict) == {17}


def test_rows_are_known_by_what_is_left_of_them(desk: House) -> None:
    table = bare(desk.copy(5, desk.held[5][:30]))
    assert desk.tracer.trace(Fragment([[*row[1:5], row[5]] for row in table])).recognised == 30
    assert desk.tracer.trace(Fragment([row[1:5] for row in table])).recognised == 0


def test_only_the_addresses_are_enough_at_a_hundred_rows(desk: House) -> None:
    table = desk.copy(9, desk.held[9][:100])
    verdict = desk.tracer.trace(Fragment([[row[0], row[3]] for row in table]))
    assert copies(verdict) == {9}


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("colluders", [2, 3])
def test_of_colluders_at_least_one_is_named_and_nobody_else(strategy: str, colluders: int) -> None:
    few = house(120, rows=300, each=300)
    for trial in range(3):
        who = [1 + (trial * 31 + 7 * index) % 120 for index in range(colluders)]
        table = merged([few.copy(serial, range(250)) for serial in who], strategy, seed=trial)
        named = copies(few.tracer.trace(Fragment(table)))
        assert named
        assert named <= set(who)


def test_two_copies_one_below_the_other_are_both_named_and_each_with_its_rows(desk: House) -> None:
    table = bare(desk.copy(3, desk.held[3][:80])) + bare(desk.copy(4, desk.held[4][:80]))
    verdict = desk.tracer.trace(Fragment(table))
    assert copies(verdict) == {3, 4}
    rows = {one.serial: set(one.rows) for one in verdict.candidates}
    assert rows[3] >= set(range(1, 81))
    assert rows[4] >= set(range(81, 161))


def test_rows_said_again_say_nothing_more(desk: House) -> None:
    table = bare(desk.copy(6, desk.held[6][:6]))
    once, often = (desk.tracer.trace(Fragment(table * times)) for times in (1, 40))
    assert often.repeated == 6 * 39
    assert often.finding is once.finding is not Finding.COPY
    assert often.candidates[0].p == once.candidates[0].p


def test_levelled_runs_leave_the_exports_that_hold_the_rows(desk: House) -> None:
    table = [plain_row(index) for index in desk.held[11][:40]]
    verdict = desk.tracer.trace(Fragment(table))
    assert verdict.finding is Finding.UNDETERMINED
    assert set(verdict.levelled) == {"name", "id_number", "address"}
    assert verdict.candidates[0].serial == 11
    assert verdict.holding == 1
    assert said(verdict.candidates[0], Layer.HELD) is Said.FITS


def test_one_levelled_carrier_does_not_silence_the_others(desk: House) -> None:
    plain = [plain_row(index) for index in desk.held[12][:60]]
    marked = desk.copy(12, desk.held[12][:60])
    table = [[*was[:2], normal[2], *was[3:-1]] for was, normal in zip(marked, plain, strict=True)]
    verdict = desk.tracer.trace(Fragment(table))
    assert verdict.levelled == ("id_number",)
    assert copies(verdict) == {12}


def test_a_tenth_of_symbols_misread_does_not_matter_at_sixty_rows(desk: House) -> None:
    rng = np.random.default_rng(3)
    table = bare(desk.copy(13, desk.held[13][:60]))
    other = bare(desk.copy(200, desk.held[13][:60]))
    mixed = [
        [two if rng.random() < 0.2 else one for one, two in zip(a, b, strict=True)]
        for a, b in zip(table, other, strict=True)
    ]
    assert 13 in copies(desk.tracer.trace(Fragment(mixed)))


def test_a_forged_number_in_the_header_is_no_evidence(desk: House) -> None:
    table = [plain_row(index) for index in desk.held[11][:40]]
    verdict = desk.tracer.trace(Fragment(table, texts=["VX-000044 · S0001张"]))
    assert verdict.finding is Finding.UNDETERMINED
    by_serial = {one.serial: one for one in verdict.candidates}
    assert said(by_serial[11], Layer.VISIBLE) is Said.DIFFERS
    honest = desk.tracer.trace(Fragment(bare(desk.copy(21, desk.held[21][:30])), texts=["VX-000044"]))
    assert copies(honest) == {21}
    assert said(honest.candidates[0], Layer.VISIBLE) is Said.DIFFERS


def filed() -> tuple[MemoryRegistry, Table]:
    """Three rows, in exports of all of them, of two and of the first; and a table of the three that bears no mark."""
    registry = MemoryRegistry()
    number = [registry.add_row(f"a{index}", finders(KEYED, numbers=[f"B{index:06d}"])) for index in range(4)]
    registry.add(Issued(1, "S0001", 5, rowset.pack(number[:3]), digest=b"d" * 32))
    registry.add(Issued(2, "S0002", 6, rowset.pack(number[:2]), digest=b"e" * 32))
    registry.add(Issued(3, "S0003", 7, rowset.pack(number[:1]), digest=b"g" * 32))
    return registry, [[f"B{index:06d}"] for index in range(3)]


def test_the_file_itself_is_known_by_its_digest_its_rows_and_their_marks(desk: House) -> None:
    registry, table = filed()
    for issued in range(700):  # many others: one row's check says no more than that a copy is suspect
        registry.add(Issued(100 + issued, "S0004", 8, rowset.pack([1, 2, 3])))
    tracer = Tracer({1: KEYED}, registry)
    one = mark_table(Marker(KEYED, 3), table[:1], ["a0"], {})
    without = tracer.trace(Fragment(one))
    assert (without.finding, without.candidates[0].serial) == (Finding.SUSPECT, 3)
    verdict = tracer.trace(Fragment([["案号", "校验"], *one], digest=b"g" * 32))
    assert copies(verdict) == {3}
    assert said(verdict.candidates[0], Layer.FILE) is Said.NAMES
    assert desk.tracer.trace(Fragment([], digest=b"d" * 32)).candidates == ()


def test_who_knows_digest_and_every_number_of_a_file_still_names_nobody() -> None:
    registry, table = filed()
    registry.add(replace(next(registry.issued()), serial=4, digest=b"f" * 32, key_version=2))
    registry.add(replace(next(registry.issued()), serial=5, digest=b"h" * 32, checked=False))
    tracer = Tracer({1: KEYED}, registry)
    invented = [[*row, "9C97A2"] for row in table]
    another = mark_table(Marker(KEYED, 77), table, ["a0", "a1", "a2"], {})
    runs = [[*row, "王*", "3**************X"] for row in table]
    mixed = [mark_table(Marker(KEYED, 1), table[:1], ["a0"], {})[0], *invented[1:]]
    for digest, serial in ((b"d", 1), (b"f", 4), (b"h", 5)):
        for rows in (table, invented, another, runs, mixed):
            verdict = tracer.trace(Fragment([["案号"], *rows], digest=digest * 32))
            assert copies(verdict) == set()
            assert {said(one, Layer.FILE) for one in verdict.candidates if one.serial == serial} <= {Said.FITS}


@pytest.mark.parametrize(
    ("rows", "digest", "serial"),
    [
        ([], b"d", 1),
        (["nothing at all"], b"d", 1),
        (["B000000", "B000001"], b"d", 1),
        (["B000000", "B000001", "B000002"], b"d", 1),
        (["B000000", "B000001", "B000002"], b"e", 2),
        (["B000000", "B000001", "B000002", "B000003"], b"d", 1),
        (["B000003"], b"e", 2),
        (["B000000"], b"g", 3),
    ],
)
def test_a_digest_without_the_file_names_nobody(rows: list[str], digest: bytes, serial: int) -> None:
    registry, _ = filed()
    verdict = Tracer({1: KEYED}, registry).trace(Fragment([[one] for one in rows], digest=digest * 32))
    assert verdict.finding is Finding.UNDETERMINED
    (one,) = [one for one in verdict.candidates if one.serial == serial]
    assert (one.finding, one.p, said(one, Layer.FILE)) == (Finding.UNDETERMINED, 1.0, Said.FITS)


@pytest.mark.parametrize(
    "above", [[], [["案号", "金额", "校验"]], [["VX-000021 · S0001张", "", ""], ["案号", "金额", "校验"]]]
)
def test_a_single_row_below_its_titles_is_suspected_by_its_check(desk: House, above: Table) -> None:
    for serial in (21, 22, 23):
        (row,) = desk.copy(serial, desk.held[serial][:1])
        verdict = desk.tracer.trace(Fragment([*above, [row[0], "860.00", row[-1]]]))
        assert (verdict.finding, verdict.candidates[0].serial) == (Finding.SUSPECT, serial)


@pytest.mark.parametrize("rows", [[], [[]], [["", " "]], [["案号"]], [["nothing", "known", "here"]]])
def test_a_fragment_of_nothing_known_is_undetermined(desk: House, rows: Table) -> None:
    verdict = desk.tracer.trace(Fragment(rows))
    assert (verdict.finding, verdict.candidates, verdict.recognised) == (Finding.UNDETERMINED, (), 0)


def test_an_export_without_masked_columns_is_found_by_its_check_column() -> None:
    registry = MemoryRegistry()
    number = [registry.add_row(f"a{index}", finders(KEYED, numbers=[f"B{index:06d}"])) for index in range(9)]
    registry.add(Issued(5, "S", 0, rowset.pack(number), carriers=frozenset()))
    registry.add(Issued(6, "S", 0, rowset.pack(number), carriers=frozenset(), checked=False))
    table = mark_table(
        Marker(KEYED, 5), [[f"B{index:06d}"] for index in range(9)], [f"a{index}" for index in range(9)], {}
    )
    assert copies(Tracer({1: KEYED}, registry).trace(Fragment(table))) == {5}


def test_another_key_names_nobody(desk: House) -> None:
    table = desk.copy(17, desk.held[17][:60])
    stranger = Tracer({1: Imprint(bytes(32), "exports")}, desk.registry)
    assert stranger.trace(Fragment(table)).recognised == 0
    absent = Tracer({2: KEYED}, desk.registry).trace(Fragment(table))
    assert absent.finding is Finding.UNDETERMINED
    assert absent.holding == 1


def test_old_and_new_keys_are_both_traced(desk: House) -> None:
    old, new = KEYED, Imprint(bytes(range(1, 33)), "exports")
    registry = MemoryRegistry()
    rows = [plain_row(index) for index in range(60)]
    ids = [f"account{index}" for index in range(60)]
    number = [
        registry.add_row(one, [*finders(old, numbers=row[:1]), *finders(new, numbers=row[:1])])
        for one, row in zip(ids, rows, strict=True)
    ]
    for serial in range(1, 20):
        version = 1 + (serial > 10)
        registry.add(replace(registry_issue(serial, number), key_version=version))
    tracer = Tracer({1: old, 2: new}, registry)
    for serial, keyed in ((4, old), (15, new)):
        assert copies(tracer.trace(Fragment(bare(mark_table(Marker(keyed, serial), rows, ids, COLUMNS))))) == {serial}


def registry_issue(serial: int, numbers: list[int]) -> Issued:
    return Issued(serial, "S", 0, rowset.pack(numbers))


def test_without_a_desk_the_standard_library_s_keys_do() -> None:
    small = house(30, rows=60, each=50, keyed=HashKeyed(b"0123456789abcdef"))
    assert copies(small.tracer.trace(Fragment(bare(small.copy(8, small.held[8][:30]))))) == {8}


@settings(max_examples=15, deadline=None)
@given(order=st.randoms(use_true_random=False), serial=st.integers(1, EXPORTS))
def test_the_order_of_rows_changes_nothing(desk: House, order: object, serial: int) -> None:
    table = bare(desk.copy(serial, desk.held[serial][:30]))
    other = list(table)
    order.shuffle(other)  # type: ignore[attr-defined]
    one, two = desk.tracer.trace(Fragment(table)), desk.tracer.trace(Fragment(other))
    assert [(each.serial, each.p) for each in one.candidates] == [(each.serial, each.p) for each in two.candidates]


def test_every_ratio_has_mean_one_over_an_innocent_symbol() -> None:
    table = np.exp(models.log_ratios(models.MODELS).astype(np.float64))
    for level, threshold in enumerate(models.LEVELS):
        share = threshold / 256
        assert np.allclose(table[:, level, :, 0] * (1 - share) + table[:, level, :, 1] * share, 1, atol=1e-6)


@pytest.mark.parametrize("shows", ["copy", "zeros", "ones", "noise"])
def test_innocent_e_values_have_mean_at_most_one_and_exceed_as_seldom_as_they_promise(shows: str) -> None:
    rng = np.random.default_rng(7)
    exports, rows, trials = 1000, 12, 20
    digests = positions.row_digests(KEYED, [f"r{index}" for index in range(rows)])
    thresholds = positions.biases(digests)
    logs = []
    for trial in range(trials):
        guilty = positions.symbols(KEYED, digests, thresholds, (100_000 + trial,))[0]
        seen = {"copy": guilty, "zeros": guilty * 0, "ones": guilty * 0 + 1}.get(shows)
        if seen is None:
            seen = rng.integers(0, 2, guilty.shape).astype(np.uint8)
        given_rows = evidence.Shown(seen, thresholds, np.zeros(rows, np.uint32), np.zeros(rows, np.bool_))
        serials = range(1 + trial * exports, 1 + (trial + 1) * exports)
        symbols = positions.symbols(KEYED, digests, thresholds, serials)
        logs.append(evidence.score(given_rows, symbols, None, np.ones((exports, rows), np.bool_)).total)
    values = np.exp(np.concatenate(logs))
    assert np.minimum(values, 100).mean() < 1.1
    for limit in (10, 100, 1000):
        assert (values >= limit).mean() <= 1.5 / limit + 1e-9
