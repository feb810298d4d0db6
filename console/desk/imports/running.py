"""Imports of this process: which run, which ended lately, and how they are all stopped with the desk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from console.desk.parts import Parts

if TYPE_CHECKING:
    from console.desk.imports.jobs import Job

_KEPT: Final = 64
_jobs: OrderedDict[str, Job] = OrderedDict()
_lock = threading.Lock()


def remember(job: Job) -> None:
    """Add a job that begins; the oldest of those that are over are forgotten."""
    with _lock:
        _jobs[job.order.job_id] = job
        for old in [one for one in _jobs.values() if one.state != "running"][:-_KEPT]:
            del _jobs[old.order.job_id]


def job_of(job_id: str) -> Job | None:
    """A job of this process, running or lately finished."""
    with _lock:
        return _jobs.get(job_id)


def busy(source_id: str) -> bool:
    """Whether a file of a source is being loaded."""
    with _lock:
        return any(job.order.source_id == source_id and job.state == "running" for job in _jobs.values())


def stop_all(parts: Parts, seconds: float = 10.0) -> None:
    """Stop the imports of a desk that ends, and wait for them."""
    with _lock:
        mine = [job for job in _jobs.values() if job.parts is parts and job.state == "running"]
    for job in mine:
        job.cancel()
    for job in mine:
        job.wait(seconds)
