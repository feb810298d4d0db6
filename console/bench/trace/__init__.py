"""Tracing, measured: how often copies are named, what roads and attacks leave of the marks, how long it takes."""

from console.bench.trace.run import run

__all__ = ["run"]
