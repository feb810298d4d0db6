"""Chunks of several producers come back into the file's order; what meets an unwritten chunk waits for it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.api.imports import StartImport
from console.desk.imports import bundle as b
from console.desk.imports import start
from console.desk.imports.intake import Intake
from masking.case_keys import Kek as KeyEncryptionKey
from masking.case_keys import Purpose, new_case_key, unwrap, wrap
from masking.gm import Sm3Mac
from masking.sealing import SealContext


class Recorder:
    """Answers and takes, and remembers in which order."""

    def __init__(self) -> None:
        self.log: list[tuple[str, int]] = []
        self.writing: list[tuple[int, Callable[[], None]]] = []

    def answer(self, question: b.Question) -> b.Answer:
        self.log.append(("answer", question.chunk))
        return b.Answer({}, {})

    def take(self, bundle: b.Bundle, done: Callable[[], None]) -> None:
        self.log.append(("take", bundle.chunk))
        self.writing.append((bundle.chunk, done))

    def write(self) -> None:
        """The oldest of those taken is written."""
        chunk, done = self.writing.pop(0)
        self.log.append(("written", chunk))
        done()


def question(chunk: int, *debtors: bytes) -> b.Question:
    return b.Question(list(debtors), [], chunk=chunk)


def test_chunk_that_meets_an_unwritten_one_is_answered_after_it_is_written() -> None:
    seen = Recorder()
    intake = Intake(seen.answer, seen.take)
    intake.question(question(1, b"y"))
    assert intake.next_answer() is None
    intake.question(question(0, b"x"))
    intake.question(question(2, b"x"))
    assert [found[0] for found in iter(intake.next_answer, None)] == [0, 1]
    intake.bundle(b.Bundle(chunk=1))
    assert seen.log == [("answer", 0), ("answer", 1)]
    intake.bundle(b.Bundle(chunk=0))
    assert intake.next_answer() is None
    assert intake.under_way == 2
    seen.write()
    assert [found[0] for found in iter(intake.next_answer, None)] == [2]
    assert seen.log == [("answer", 0), ("answer", 1), ("take", 0), ("take", 1), ("written", 0), ("answer", 2)]


Step = tuple[str, int]


def planned(share: int, shares: int, chunks: int) -> list[Step]:
    """What one producer does: it asks one chunk ahead of the one it seals, as the workers do."""
    own = list(range(share, chunks, shares))
    steps = [("ask", own[0])] if own else []
    for place, chunk in enumerate(own):
        if place + 1 < len(own):
            steps.append(("ask", own[place + 1]))
        steps.append(("seal", chunk))
    return steps


@given(data=st.data(), shares=st.integers(1, 3), chunks=st.integers(1, 12))
def test_any_interleaving_ends_in_order_and_never_answers_too_early(
    data: st.DataObject, shares: int, chunks: int
) -> None:
    debtors = [data.draw(st.sets(st.sampled_from([b"a", b"b", b"c"]), max_size=2)) for _ in range(chunks)]
    seen = Recorder()
    intake = Intake(seen.answer, seen.take)
    plans = [planned(share, shares, chunks) for share in range(shares)]
    answered: set[int] = set()
    while any(plans) or seen.writing:
        able = [one for one in plans if one and (one[0][0] == "ask" or one[0][1] in answered)]
        if seen.writing:
            able.append([("write", -1)])
        assert able, "the producers wait for each other"
        step, chunk = data.draw(st.sampled_from(able)).pop(0)
        if step == "write":
            seen.write()
        elif step == "ask":
            intake.question(question(chunk, *debtors[chunk]))
        else:
            intake.bundle(b.Bundle(chunk=chunk))
        answered.update(found[0] for found in iter(intake.next_answer, None))
    assert [chunk for what, chunk in seen.log if what == "take"] == list(range(chunks))
    early = [
        (earlier, chunk)
        for chunk in range(chunks)
        for earlier in range(chunk)
        if debtors[earlier] & debtors[chunk]
        and seen.log.index(("written", earlier)) > seen.log.index(("answer", chunk))
    ]
    assert early == []


def way_in(profile: str, row: dict[str, Any], **request: str) -> str:
    """The code with which a way in is refused; empty when it is open."""

    def refuse(code: str, **_more: object) -> None:
        raise LookupError(code)

    act = SimpleNamespace(parts=SimpleNamespace(profile=profile, home=object()), refuse=refuse)
    call = StartImport(**{"path": "", "source": "x", **request})  # type: ignore[arg-type]
    try:
        start._require_way_in(act, call, row)  # type: ignore[arg-type]
    except LookupError as refused:
        return str(refused.args[0])
    return ""


@pytest.mark.clause("F-3")
def test_production_takes_files_from_a_signing_lenders_drop_alone() -> None:
    signing = {"state": "registered", "public_key": b"x" * 64}
    assert way_in("prod", signing, drop="a.csv") == ""
    assert way_in("prod", signing, path="/tmp/a.csv") == "import.drop_only"  # noqa: S108 - a name only
    assert way_in("prod", signing, path="a.csv", drop="a.csv") == "import.drop_only"
    for source in ({**signing, "public_key": None}, {**signing, "state": "proposed"}):
        assert way_in("prod", source, drop="a.csv") == "import.source_unsigned"
    assert way_in("dev", {**signing, "public_key": None}, path="a.csv") == ""
    assert way_in("dev", {**signing, "public_key": None}, drop="a.csv") == "import.source_unsigned"
    assert way_in("dev", signing) == "import.no_file"
    assert way_in("an unknown profile", signing, path="a.csv") == "import.drop_only"


@given(st.lists(st.tuples(st.sampled_from(["mobile", "full_name"]), st.text(max_size=80)), max_size=9))
def test_sealing_a_case_at_once_is_sealing_each_value(values: list[tuple[str, str]]) -> None:
    kek = KeyEncryptionKey(bytes(16), 1)
    key = new_case_key()
    texts = [(f"c/{name}#{place}", name, text) for place, (name, text) in enumerate(values)]
    if any("\ud800" <= char <= "\udfff" for _, _, text in texts for char in text):
        return
    sealed = key.cipher().seal_case("t", "case_seals", "c", texts)
    opening = unwrap(kek, wrap(kek, key, "t", "c"), "t", "c", Purpose.REVEAL).cipher()
    for (row_id, name, text), blob in zip(texts, sealed, strict=True):
        assert opening.open(blob, SealContext("t", "case_seals", row_id, "c", name, key.version)) == text
    assert len(set(sealed)) == len(sealed)


@given(st.lists(st.binary(max_size=40), max_size=4), st.lists(st.binary(max_size=40), max_size=4))
def test_begun_mac_goes_on_as_if_it_were_one(first: list[bytes], rest: list[bytes]) -> None:
    mac = Sm3Mac(b"k" * 32)
    begun = mac.begun(*first)
    assert begun.digest(*rest) == mac.digest(*first, *rest)
    assert begun.digest(*rest) == mac.digest(*first, *rest)
