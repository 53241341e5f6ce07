"""Whether stated confidence comes true, on recordings that the calibration has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from fixtures.builders.demo_model.calibrate import MODEL, Channel, halves
from fixtures.builders.demo_model.recognise import load_model
from qa_engine.speech.calibration import Calibration, read_calibration
from qa_engine.speech.calibration_fit import Bin, calibration_error, reliability
from tests.bench.runs import Runs
from tests.bench.statistics import share

BAR_CHARS = 40


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    del runs
    calibration = read_calibration(MODEL)
    assert calibration is not None, "the demo model is calibrated"
    _, unseen = halves(load_model(MODEL))
    raw = [(c, h.right) for channel in unseen for c, h in zip(channel.raw, channel.heard, strict=True)]
    stated = [(calibration.chance(h.own, h.around), h.right) for channel in unseen for h in channel.heard]
    before, after = reliability(raw), reliability(stated)
    return [
        "## Confidence",
        "",
        (
            f"Demo model; learned from {calibration.n} recognised characters of every second recording of the sample calls "
            f"and the held-out sentences, measured on the {len(stated)} of the others. Expected calibration error: "
            f"{calibration_error(before):.3f} as the model states it, {calibration_error(after):.3f} calibrated."
        ),
        "",
        "```",
        "stated  right                                          n",
        *(_bar(cell) for cell in after),
        "```",
        "",
        "| chance stated (calibrated) | right |",
        "|---|---|",
        *(f"| {cell.stated:.0%} | {share(round(cell.right * cell.n), cell.n)} |" for cell in after),
        "",
        *_by_call(unseen, calibration),
        "",
    ]


def _bar(cell: Bin) -> str:
    filled = round(cell.right * BAR_CHARS)
    stated = min(BAR_CHARS - 1, round(cell.stated * BAR_CHARS))
    line = list("█" * filled + "·" * (BAR_CHARS - filled))
    line[stated] = "│"
    return f"{cell.stated:5.0%}   {''.join(line)} {cell.right:4.0%} {cell.n:6}"


def _by_call(unseen: Sequence[Channel], calibration: Calibration) -> list[str]:
    pairs: list[tuple[float, float]] = []
    for name in dict.fromkeys(channel.recording for channel in unseen):
        of_call = [channel for channel in unseen if channel.recording == name]
        heard = [one for channel in of_call for one in channel.heard]
        if heard:
            wrong = fmean(1 - calibration.chance(one.own, one.around) for one in heard)
            expected = min(1.0, wrong * (1 + calibration.missed))
            pairs.append((expected, sum(c.errors for c in of_call) / sum(c.said for c in of_call)))
    off = fmean(abs(expected - true) for expected, true in pairs)
    known = [pair for pair in pairs if pair[1] < 0.2]
    unknown = [pair for pair in pairs if pair[1] >= 0.2]
    means = "; ".join(
        f"calls with a true CER {what}: expected {fmean(e for e, _ in group):.1%}, true {fmean(t for _, t in group):.1%} "
        f"(n = {len(group)})"
        for what, group in (("below 20 %", known), ("of 20 % and more", unknown))
        if group
    )
    return [f"Expected CER of a call is off by {off:.1%} in the mean (n = {len(pairs)} calls); {means}."]
