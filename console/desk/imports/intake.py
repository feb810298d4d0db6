"""Questions and bundles of one file's producers, put back into the file's order.

A question is answered when nothing that an earlier, not yet written chunk is about could change the answer; chunks that
share no debtor and no bill, which is nearly all of them, are sealed side by side. Bundles are taken in order.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Sequence

from console.desk.imports import bundle as b
from console.desk.imports.produce import Stream

Marks = frozenset[bytes]


class Intake:
    """Answers and takes in the order of the chunks.

    Args:
        answer: what the store knows of a question.
        take: writes or counts a bundle.
    """

    def __init__(self, answer: Callable[[b.Question], b.Answer], take: Callable[[b.Bundle], None]) -> None:
        self._answer = answer
        self._take = take
        self._asked: dict[int, b.Question] = {}
        self._marks: dict[int, Marks] = {}
        self._ready: dict[int, b.Bundle] = {}
        self._answered = 0
        self._taken = 0

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
            self._take(found)
            del self._marks[self._taken]
            self._taken += 1

    def next_answer(self) -> tuple[int, b.Answer] | None:
        """The next chunk in order whose question can be answered now, with the answer."""
        question = self._asked.get(self._answered)
        if question is None:
            return None
        mine = self._marks[question.chunk]
        if any(not mine.isdisjoint(self._marks[earlier]) for earlier in range(self._taken, question.chunk)):
            return None
        del self._asked[question.chunk]
        self._answered += 1
        return question.chunk, self._answer(question)


Heard = tuple[int, b.Message | None]


def consume(messages: Stream, intake: Intake, heard: Callable[[b.Message], bool]) -> None:
    """Run a single producer in this thread.

    Args:
        messages: the producer.
        intake: its order.
        heard: told `Opened` and `Ended`; returns whether that was the end.
    """
    answers: deque[b.Answer] = deque()
    reply: b.Answer | None = None
    while True:
        message, reply = messages.send(reply), None
        if message is None:
            while not answers:
                found = intake.next_answer()
                if found is None:
                    raise RuntimeError("a producer waits for itself")
                answers.append(found[1])
            reply = answers.popleft()
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
    while len(ended) < len(send):
        place, message = arrivals.get()
        if message is None:
            if place not in ended:
                raise EOFError
            continue
        if isinstance(message, b.Question):
            intake.question(message)
        elif isinstance(message, b.Bundle):
            intake.bundle(message)
        elif heard(message):
            ended.add(place)
        while (found := intake.next_answer()) is not None:
            chunk, answer = found
            send[chunk % len(send)](answer)
