"""Questions and bundles of one file's producers, put back into the file's order.

A question is answered when nothing that an earlier, not yet written chunk is about could change the answer; chunks that
share no debtor and no bill, which is nearly all of them, are sealed side by side. Bundles are taken in order, and count
as written when whoever took them says so.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence

from console.desk.imports import bundle as b
from console.desk.imports.produce import Stream

Marks = frozenset[bytes]
Take = Callable[[b.Bundle, Callable[[], None]], None]
"""Writes or counts a bundle, at once or later, and calls back when that is done, well or not; from any thread."""


class Intake:
    """Answers and takes in the order of the chunks.

    Args:
        answer: what the store knows of a question.
        take: takes a bundle in.

    Attributes:
        done: what a bundle's taker calls back; whoever hears it calls `written`, in the thread of all the rest.
    """

    def __init__(self, answer: Callable[[b.Question], b.Answer], take: Take) -> None:
        self._answer = answer
        self._take = take
        self.done: Callable[[], None] = self.written
        self._asked: dict[int, b.Question] = {}
        self._marks: dict[int, Marks] = {}
        self._ready: dict[int, b.Bundle] = {}
        self._answered = 0
        self._taken = 0
        self._written = 0

    def question(self, question: b.Question) -> None:
        """A chunk's question has come in."""
        self._asked[question.chunk] = question
        self._marks[question.chunk] = frozenset(
            (*question.debtors, *question.bills, *question.loans, *question.references)
        )

    def bundle(self, bundle: b.Bundle) -> None:
        """A chunk is sealed; it and what waited for it is taken in order."""
        self._ready[bundle.chunk] = bundle
        while (found := self._ready.pop(self._taken, None)) is not None:
            self._taken += 1
            self._take(found, self.done)

    @property
    def under_way(self) -> int:
        """How many bundles are taken and not written."""
        return self._taken - self._written

    def written(self) -> None:
        """The oldest of the bundles taken is where every later question sees it."""
        del self._marks[self._written]
        self._written += 1

    def next_answer(self) -> tuple[int, b.Answer] | None:
        """The next chunk in order whose question can be answered now, with the answer."""
        question = self._asked.get(self._answered)
        if question is None:
            return None
        mine = self._marks[question.chunk]
        if any(not mine.isdisjoint(self._marks[earlier]) for earlier in range(self._written, question.chunk)):
            return None
        del self._asked[question.chunk]
        self._answered += 1
        return question.chunk, self._answer(question)


Heard = tuple[int, b.Message | None]
_WRITTEN: Heard = (-1, None)


def consume(messages: Stream, intake: Intake, heard: Callable[[b.Message], bool]) -> None:
    """Run a single producer in this thread.

    Args:
        messages: the producer.
        intake: its order.
        heard: told `Opened` and `Ended`; returns whether that was the end.
    """
    written: queue.SimpleQueue[None] = queue.SimpleQueue()
    intake.done = lambda: written.put(None)
    reply: b.Answer | None = None
    while True:
        message, reply = messages.send(reply), None
        if message is None:
            while (found := intake.next_answer()) is None:
                if not intake.under_way:
                    raise RuntimeError("a producer waits for itself")
                written.get()
                intake.written()
            reply = found[1]
        elif isinstance(message, b.Question):
            intake.question(message)
        elif isinstance(message, b.Bundle):
            intake.bundle(message)
        elif heard(message):
            return


def consume_many(
    arrivals: queue.SimpleQueue[Heard],
    send: Sequence[Callable[[b.Answer], None]],
    intake: Intake,
    heard: Callable[[b.Message], bool],
) -> None:
    """Run several producers, each in a process of its own.

    Args:
        arrivals: their messages with the producer's place; None when one is gone.
        send: hands an answer to each.
        intake: their common order.
        heard: told `Opened` and `Ended`; returns whether that was the end of that producer.

    Raises:
        EOFError: a producer is gone before its end.
    """
    ended: set[int] = set()
    intake.done = lambda: arrivals.put(_WRITTEN)
    while len(ended) < len(send):
        place, message = arrivals.get()
        if place < 0:
            intake.written()
        elif message is None:
            if place not in ended:
                raise EOFError
        elif isinstance(message, b.Question):
            intake.question(message)
        elif isinstance(message, b.Bundle):
            intake.bundle(message)
        elif heard(message):
            ended.add(place)
        while (found := intake.next_answer()) is not None:
            chunk, answer = found
            send[chunk % len(send)](answer)
