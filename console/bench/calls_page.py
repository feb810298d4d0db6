"""Calls as they were measured, as a page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from console.bench.measure import Figure

_HEAD = """# Calls: how long one takes to set up, and what many of them lose

Written by `veildesk bench calls --document FILE`; do not edit by hand.

Dialer and media are the real processes; phones and provider are sipp on loopback, which answer at once. Set-up runs
from the order to the dialer until speech may pass: recorder made ready, agent rung and answered, ticket opened,
customer rung and answered, bridged. What the desk does before an order (rules, transaction, ticket) is not in it, nor
is a TLS edge. From the agent's key means all of it but terminal and TLS edge: the same rate made by agents at a desk
with cases of their own, from the act being handed to the desk (decision, contact rules, reservation, ticket, event,
commit) to the ring of their own phone, and to speech. The floor is sipp calling sipp, one leg, which sipp measures in
whole milliseconds.

Then that many calls stand at once, both sides speaking, every second recorded and sealed on the disk. A packet is lost
that one side sent and the other did not get within a second of the end. The floor is the same speech from socket to
socket, sent and counted by the same process.

Processor time is per cent of one core, memory what the process holds at the end (shared pages by share).
"""


def page(figures: Sequence[Figure], seconds: float) -> str:
    """The page. seconds: how long each rate and the speech lasted."""
    parts = [_HEAD, f"Measured on {os.cpu_count()} cores, {seconds:g} seconds each.\n"]
    for one in figures:
        parts += [
            f"## {one.name[0].upper()}{one.name[1:]}\n",
            "| | |",
            "|---|---|",
            f"| **measured** | **{one.value:,.0f} {one.unit}** |",
            f"| floor: {one.floored_by} | {one.floor:,.0f} {one.unit} |",
            *(
                f"| {name} | {value:,.0f}{' ms' if name.startswith(('p50', 'p95')) else ''} |"
                for name, value in one.peers.items()
            ),
            "",
        ]
    return "\n".join(parts)


def write(path: Path, text: str) -> None:
    """Keep the page."""
    path.write_text(text, "utf-8")
