"""What pictures of screens still tell: many pictures a condition, of captures of real emulators or of drawn screens.

Screens of a demo desk are marked with sessions of their own, shown, spoilt as people spoil pictures, and traced among
the words of many sessions. Everything but an emulator's own drawing follows from a seed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from PIL import Image

from console.bench.drawn import Cell, draw
from console.bench.measure import Figure
from console.bench.screens import Frame, marked
from console.bench.spoilt import CONDITIONS, Picture, Rnd
from watermark.screen_mark import SessionCodes, pack
from watermark.screen_trace.match import Match, Words, best_match, signs_of
from watermark.screen_trace.picture import read_picture
from watermark.screen_trace.signs import readings

SESSIONS: Final = 5_000
"""Sessions that a picture is compared with."""

CELLS: Final = (Cell(7, 15), Cell(8, 16), Cell(9, 18))
SEED: Final = 20261123
_TOLD_EACH: Final = 8


class Source(NamedTuple):
    """A whole screen: emulator, theme and size; the picture; which session's it is."""

    kind: str
    image: Image.Image
    session: int


class Traced(NamedTuple):
    """A condition's pictures of one kind: how many, how many named the right session, and a wrong one."""

    condition: str
    kind: str
    pictures: int
    right: int
    wrong: int


class Issued:
    """The sessions of a desk that exists for the measurement."""

    def __init__(self, sessions: int = SESSIONS) -> None:
        self.codes = SessionCodes(lambda said: hashlib.sha256(b"bench" + said).digest())
        self.foreign = SessionCodes(lambda said: hashlib.sha256(b"another desk" + said).digest())
        whole = [self.codes.word(str(number)) for number in range(sessions)]
        self.packed: Sequence[str] = [pack(word) for word in whole]
        self.words: Words = signs_of(whole)

    def match(self, picture: Picture) -> Match:
        """Trace one picture."""
        return best_match(readings(read_picture(picture.data, picture.corners)), self.words)


def drawn(frames: Sequence[Frame], count: int, issued: Issued) -> Iterator[Source]:
    """So many screens drawn as an emulator would, in each theme and size alike."""
    rnd = Rnd(SEED)
    kinds = sorted({(frame.theme, frame.size) for frame in frames})
    pools = {kind: [frame for frame in frames if (frame.theme, frame.size) == kind] for kind in kinds}
    for number in range(count):
        theme, size = kind = kinds[number % len(kinds)]
        session = rnd.randrange(len(issued.packed))
        image = draw(marked(rnd.choice(pools[kind]), issued.packed[session]), size[0], rnd.choice(CELLS))
        yield Source(f"drawn {theme} {size[0]}×{size[1]}", image, session)


def captured_sources(captures: Iterable[tuple[str, str, Image.Image]], issued: Issued) -> Iterator[Source]:
    """Captures (kind, word, picture) of sessions that were issued, by `emulators.filled`."""
    numbers = {packed: number for number, packed in enumerate(issued.packed)}
    for kind, packed, image in captures:
        if packed in numbers:
            yield Source(kind, image, numbers[packed])


def named(sources: Iterable[Source], issued: Issued, told: Callable[[str], object]) -> Iterator[list[Traced]]:
    """Trace every screen in every condition; the table so far, again and again, and whole at last."""
    pictures: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    rnd = Rnd(SEED + 2)

    def table() -> list[Traced]:
        return [Traced(*key, count, right[key], wrong[key]) for key, count in sorted(pictures.items(), key=_order)]

    for number, source in enumerate(sources, 1):
        for condition, spoil in CONDITIONS.items():
            match = issued.match(spoil(source.image, rnd))
            key = condition, source.kind
            pictures[key] += 1
            right[key] += match.named and match.word == source.session
            wrong[key] += match.named and match.word != source.session
        if not number % _TOLD_EACH:
            told(f"{number} screens, {pictures.total()} pictures: {right.total()} named, {wrong.total()} wrongly")
            yield table()
    yield table()


def _order(item: tuple[tuple[str, str], int]) -> tuple[int, str]:
    (condition, kind), _ = item
    return list(CONDITIONS).index(condition), kind


def shares(tables: Sequence[Traced]) -> list[Figure]:
    """Each condition's share of named pictures as a figure; how many were named wrongly stands beside."""
    figures = []
    for condition in dict.fromkeys(one.condition for one in tables):
        rows = [one for one in tables if one.condition == condition]
        pictures = sum(one.pictures for one in rows)
        value = 100 * sum(one.right for one in rows) / pictures
        figures.append(
            Figure(
                name=f"pictures named, {condition}",
                unit="%",
                value=value,
                floor=100.0,
                ratio=value / 100,
                floored_by="every picture",
                peers={"named wrongly": float(sum(one.wrong for one in rows))},
                rounds=pictures,
            )
        )
    return figures
