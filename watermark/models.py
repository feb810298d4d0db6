"""Ways in which a copy may have become a fragment, as likelihood ratios of one symbol.

A ratio says how much likelier a shown symbol is when this export took part, in this way, than when it did not. Every
ratio has mean 1 over the innocent export's symbol, which is secret and drawn with the row's known threshold; so their
weighted products are e-values whatever the attacker did (Grünwald et al., Safe testing, 2020). The models are guesses
that only decide how soon a guilty copy is named.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.positions import HIGH, LOW

Floats = NDArray[np.float32]
_Choice = Callable[[int, int], float]

LEVELS: Final = (LOW, HIGH)
_OUT_OF: Final = 256


class Model(NamedTuple):
    """One way: how `colluders` copies with `ones` of them showing 1 become a 1, and how often a symbol is misread."""

    name: str
    choice: _Choice
    colluders: int
    misread: float


def _majority(ones: int, colluders: int) -> float:
    return 0.5 if 2 * ones == colluders else float(2 * ones > colluders)


def _minority(ones: int, colluders: int) -> float:
    if ones in {0, colluders}:
        return float(ones == colluders)
    return 0.5 if 2 * ones == colluders else float(2 * ones < colluders)


def _coin(ones: int, colluders: int) -> float:
    return 0.5 if 0 < ones < colluders else float(ones == colluders)


_MERGES: Final[dict[str, _Choice]] = {
    "interleave": lambda ones, colluders: ones / colluders,
    "majority": _majority,
    "minority": _minority,
    "all_one": lambda ones, _: float(ones > 0),
    "all_zero": lambda ones, colluders: float(ones == colluders),
    "coin": _coin,
}
SINGLE: Final = tuple(
    Model(f"single {misread:.0%}", lambda ones, _: float(ones), 1, misread) for misread in (0.01, 0.1, 0.3)
)
MERGED: Final = tuple(
    Model(f"{name} {colluders}", choice, colluders, 0.01)
    for colluders in range(2, 7)
    for name, choice in _MERGES.items()
)
MODELS: Final = (*SINGLE, *MERGED)


def log_ratios(models: tuple[Model, ...]) -> Floats:
    """Return ln of the ratios, shape (models, levels, shown symbol, export's symbol)."""
    table = np.zeros((len(models), len(LEVELS), 2, 2))
    for index, model in enumerate(models):
        for level, threshold in enumerate(LEVELS):
            table[index, level] = _ratios(model, threshold / _OUT_OF)
    return table.astype(np.float32)


def _ratios(model: Model, share: float) -> list[list[float]]:
    """Ratios of one model where symbols are 1 with probability `share`, by shown symbol and export's symbol."""
    others = model.colluders - 1
    weight = [comb(others, ones) * share**ones * (1 - share) ** (others - ones) for ones in range(others + 1)]
    one_given = [
        sum(part * model.choice(ones + own, model.colluders) for ones, part in enumerate(weight)) for own in (0, 1)
    ]
    one = (1 - share) * one_given[0] + share * one_given[1]
    out = []
    for shown in (0, 1):
        plain = one if shown else 1 - one
        drawn = share if shown else 1 - share
        row = []
        for given in one_given:
            seen = given if shown else 1 - given
            row.append(
                log(
                    ((1 - model.misread) * seen + model.misread * drawn)
                    / ((1 - model.misread) * plain + model.misread * drawn)
                )
            )
        out.append(row)
    return out
