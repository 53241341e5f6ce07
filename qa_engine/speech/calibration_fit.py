"""Learns a `Calibration` from characters of which it is known whether they were recognised rightly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from qa_engine.speech.calibration import Calibration

_ROUNDS: Final = 50
_RIDGE: Final = 1e-3
# A step of fewer characters would state an accident as a chance.
MIN_STEP: Final = 100


@dataclass(frozen=True, slots=True)
class Heard:
    """A recognised character: log odds of its word and of the words around it, and whether it is what was said."""

    own: float
    around: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Characters with about the same stated chance: the mean of what was stated, the share that was right, how many."""

    stated: float
    right: float
    n: int


def fit(heard: Sequence[Heard], *, missed: int) -> Calibration:
    """The calibration of a model. `missed` characters were said and not recognised at all. Raises ValueError where none
    of the characters is wrong, or none right: there is nothing to learn from."""
    right = np.array([one.right for one in heard], np.float64)
    wrong = int((1 - right).sum())
    if not 0 < wrong < len(heard):
        raise ValueError(f"{wrong} of {len(heard)} characters are wrong")
    weights = _logistic(np.array([[1.0, one.own, one.around] for one in heard]), right)
    scores = np.array([[1.0, one.own, one.around] for one in heard]) @ weights
    order = np.argsort(scores, kind="stable")
    return Calibration(
        weights=(round(float(weights[0]), 4), round(float(weights[1]), 4), round(float(weights[2]), 4)),
        steps=_isotonic(scores[order], right[order]),
        missed=round(missed / wrong, 3),
        n=len(heard),
    )


def _logistic(inputs: npt.NDArray[np.float64], right: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Newton's method with a touch of ridge."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (right - chance) - _RIDGE * weights
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + _RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights += step
        if float(np.abs(step).max()) < 1e-9:
            break
    return weights


def _isotonic(
    scores: npt.NDArray[np.float64], right: npt.NDArray[np.float64]
) -> tuple[tuple[float, float], ...]:
    """Pool adjacent violators over cells of at least `MIN_STEP` characters, one right and one wrong added to each
    (Laplace), so that no chance is 0 or 1."""
    cells: list[list[float]] = []  # first score, right, count
    for first in range(0, len(scores), MIN_STEP):
        part = right[first : first + MIN_STEP]
        if len(part) < MIN_STEP and cells:
            cells[-1][1] += float(part.sum())
            cells[-1][2] += len(part)
        else:
            cells.append([float(scores[first]), float(part.sum()), float(len(part))])
        while len(cells) > 1 and cells[-2][1] / cells[-2][2] >= cells[-1][1] / cells[-1][2]:
            _, more, count = cells.pop()
            cells[-1][1] += more
            cells[-1][2] += count
    return tuple((round(score, 4), round((good + 1) / (count + 2), 4)) for score, good, count in cells)


def reliability(stated: Sequence[tuple[float, bool]], *, bins: int = 10) -> list[Bin]:
    """Stated chances against what came true, in equal bins from 0 to 1; empty bins are left out."""
    cells: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for chance, right in stated:
        cells[min(bins - 1, int(chance * bins))].append((chance, right))
    return [
        Bin(
            sum(chance for chance, _ in cell) / len(cell),
            sum(right for _, right in cell) / len(cell),
            len(cell),
        )
        for cell in cells
        if cell
    ]


def calibration_error(table: Iterable[Bin]) -> float:
    """Expected calibration error: the mean distance of stated from true, by characters (Naeini et al. 2015)."""
    cells = list(table)
    count = sum(cell.n for cell in cells)
    return sum(cell.n * abs(cell.stated - cell.right) for cell in cells) / count if count else math.nan
