"""Divides points in time into two groups: k-means from several starts, then a sticky two-state path (Viterbi)."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_STARTS: Final = 3
_ROUNDS: Final = 50
_SMOOTHINGS: Final = 5
# A division that leaves one group less than a tenth must be that much better to be believed.
_MIN_SHARE: Final = 0.1
_SMALL_GROUP_PENALTY: Final = 1.15
# Cost of a change of group between neighbours, in units of the distance below; it fades over a gap in time.
_CHANGE_COST: Final = 2.0
_CHANGE_FADES_S: Final = 0.5
_STEP_S: Final = 0.2
_MIN_VARIANCE: Final = 0.05
# Neighbouring windows overlap six times over, so each brings a sixth of its distance.
_OVERLAP: Final = 6


def two_groups(points: Points, times_s: Points, *, weights: Points, scale: Points) -> tuple[Labels, float]:
    """Labels 0 and 1 of (n, features) points in order of time, and the distance between the groups' centres over the
    mean distance from a point to its own; 0.0 where no division was found. Features are brought to spread 1, then
    multiplied by (features,) `scale`; (n,) `weights` say how much a point counts."""
    scaled = _standardised(points, weights) * scale
    labels, centres = _divided(scaled, weights)
    if centres is None:
        return labels, 0.0
    for _ in range(_SMOOTHINGS):
        variance = np.average(np.square(scaled - centres[labels]), axis=0, weights=weights) + _MIN_VARIANCE
        distances = 0.5 * (np.square(scaled[:, None] - centres) / variance).sum(axis=2) / _OVERLAP
        smoothed = _path(distances, times_s)
        if smoothed.min() == smoothed.max():
            break
        labels, centres = smoothed, _centres(scaled, weights, smoothed)
    within = np.average(np.linalg.norm(scaled - centres[labels], axis=1), weights=weights) + 1e-9
    return labels, float(np.linalg.norm(centres[0] - centres[1]) / within)


def _standardised(points: Points, weights: Points) -> Points:
    mean = np.average(points, axis=0, weights=weights)
    spread = np.sqrt(np.average(np.square(points - mean), axis=0, weights=weights)) + 1e-6
    return np.asarray((points - mean) / spread)


def _divided(points: Points, weights: Points) -> tuple[Labels, Points | None]:
    """The best of several 2-means: started from the signs along the main axes, and of the first feature."""
    _, _, axes = np.linalg.svd(points * np.sqrt(weights)[:, None], full_matrices=False)
    starts = [points @ axis > 0 for axis in axes[:_STARTS]] + [points[:, 0] > 0]
    found = [_two_means(points, weights, start.astype(np.int64)) for start in starts]
    labels, centres, _ = min(found, key=lambda division: division[2])
    return labels, centres


def _two_means(points: Points, weights: Points, labels: Labels) -> tuple[Labels, Points | None, float]:
    """Labels, centres and badness of a division."""
    for _ in range(_ROUNDS):
        if labels.min() == labels.max():
            return labels, None, np.inf
        centres = _centres(points, weights, labels)
        distances = np.square(points[:, None] - centres).sum(axis=2)
        updated = distances.argmin(axis=1)
        if np.array_equal(updated, labels):
            break
        labels = updated
    share = weights[labels == 1].sum() / weights.sum()
    penalty = _SMALL_GROUP_PENALTY if min(share, 1 - share) < _MIN_SHARE else 1.0
    if labels.min() == labels.max():
        return labels, None, np.inf
    badness = float((distances[np.arange(len(points)), labels] * weights).sum() * penalty)
    return labels, _centres(points, weights, labels), badness


def _centres(points: Points, weights: Points, labels: Labels) -> Points:
    return np.stack([np.average(points[labels == k], axis=0, weights=weights[labels == k]) for k in (0, 1)])


def _path(distances: Points, times_s: Points) -> Labels:
    """The cheapest labels where every change between neighbours costs something (Viterbi 1967)."""
    count = len(distances)
    back = np.zeros((count, 2), np.int64)
    cost = distances[0]
    for i in range(1, count):
        gap_s = max(0.0, float(times_s[i] - times_s[i - 1]) - _STEP_S)
        change = _CHANGE_COST * np.exp(-gap_s / _CHANGE_FADES_S)
        stay, move = cost, cost[::-1] + change
        back[i] = np.where(stay <= move, (0, 1), (1, 0))
        cost = np.minimum(stay, move) + distances[i]
    labels = np.empty(count, np.int64)
    labels[-1] = cost.argmin()
    for i in range(count - 1, 0, -1):
        labels[i - 1] = back[i, labels[i]]
    return labels
