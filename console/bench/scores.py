"""Recall and precision of a detector on labelled sentences, kind by kind.

A label counts as found when one finding of its kind covers it whole and takes at most a few characters more; a finding
counts as right when it covers a label of its kind so. Half a number found is a number missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from console.bench.labelled import Label, Sentence
from masking.detect import FindingKind, find_loose

SLACK: Final = 4
NUMBERS: Final = ("phone", "id_number", "bank_card", "email")
GUESSED: Final = ("name", "address")
KINDS: Final = (*NUMBERS, *GUESSED)

Detector = Callable[[str], Iterable[Label]]

_OURS: Final[Mapping[FindingKind, str]] = {
    FindingKind.MOBILE: "phone",
    FindingKind.LANDLINE: "phone",
    FindingKind.ID_NUMBER: "id_number",
    FindingKind.BANK_CARD: "bank_card",
    FindingKind.EMAIL: "email",
    FindingKind.NAME: "name",
    FindingKind.ADDRESS: "address",
}


class Score(NamedTuple):
    """How a detector did: labels there were, found; findings made, right."""

    labels: int
    found: int
    findings: int
    right: int

    @property
    def recall(self) -> float:
        """Found of those there were; 1 where there was nothing."""
        return self.found / self.labels if self.labels else 1.0

    @property
    def precision(self) -> float:
        """Right of those made; 1 where nothing was found."""
        return self.right / self.findings if self.findings else 1.0


def ours(text: str) -> list[Label]:
    """The desk's own detector, in the words of the labels."""
    return [Label(_OURS[one.kind], one.start, one.end) for one in find_loose(text) if one.kind in _OURS]


def covers(finding: Label, label: Label) -> bool:
    """Whether a finding is this label's."""
    extra = (finding.end - finding.start) - (label.end - label.start)
    whole = finding.start <= label.start and finding.end >= label.end
    return finding.kind == label.kind and whole and extra <= SLACK


def misses(detector: Detector, sentence: Sentence, kinds: Sequence[str] = KINDS) -> tuple[list[Label], list[Label]]:
    """Labels that were not found, and findings that are wrong."""
    findings = [one for one in detector(sentence.text) if one.kind in kinds]
    labels = [one for one in sentence.labels if one.kind in kinds]
    lost = [label for label in labels if not any(covers(one, label) for one in findings)]
    wrong = [one for one in findings if not any(covers(one, label) for label in sentence.labels)]
    return lost, wrong


def score(detector: Detector, sentences: Iterable[Sentence]) -> dict[str, Score]:
    """Every kind's score, and `numbers`: phones, document and card numbers and e-mail together."""
    counts = {kind: [0, 0, 0, 0] for kind in KINDS}
    for sentence in sentences:
        findings = [one for one in detector(sentence.text) if one.kind in counts]
        for label in sentence.labels:
            if label.kind in counts:
                counts[label.kind][0] += 1
                counts[label.kind][1] += any(covers(one, label) for one in findings)
        for one in findings:
            counts[one.kind][2] += 1
            counts[one.kind][3] += any(covers(one, label) for label in sentence.labels)
    scores = {kind: Score(*each) for kind, each in counts.items()}
    scores["numbers"] = Score(*(sum(each) for each in zip(*(scores[kind] for kind in NUMBERS), strict=True)))
    return scores
