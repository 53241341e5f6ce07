"""Many short two-channel calls out of the sample calls, no two windows the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, pairwise
from typing import Final

import numpy as np

from qa_engine.calls import Span, Turn
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio
from qa_engine.speech.media import decode
from qa_engine.speech.spans import gaps, union
from tests.bench.samples import Sample

SHORTEST_S: Final = 10.0
LONGEST_S: Final = 60.0
_QUIET_S: Final = 0.2
_NOISE_DBFS: Final = -66.0  # under comfort noise (−60): no two samples alike, nothing harder to hear
_GAIN_DB: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class QueuedCall:
    """A stretch of a sample call. `said` is what the script has on each channel; roles are those of the sample."""

    id: str
    audio: Audio
    said: tuple[str, str]
    agent_channel: int

    @property
    def duration_s(self) -> float:
        return self.audio.duration_s


def short_calls(samples: Sequence[Sample], count: int, *, seed: int = 4) -> list[QueuedCall]:
    """`count` calls of 10–60 s: the sample calls of two channels, cut where nobody speaks into stretches of drawn length, over
    and over with other cuts, gain (± 3 dB) and noise (−66 dBFS). Long recordings give more of them than short ones."""
    rng = np.random.default_rng(seed)
    wanted = [one for one in samples if one.agent_channel is not None]
    heard = {one.id: decode(one.audio) for one in wanted}
    made = (
        _stretch(f"{one.id}-{at}", one, heard[one.id], span, rng)
        for at, one in enumerate(cycle(wanted))
        for span in _spans(one, heard[one.id].duration_s, rng)
    )
    return list(islice(made, count))


def _spans(sample: Sample, duration_s: float, rng: np.random.Generator) -> Iterator[Span]:
    """Stretches between quiet moments, one after the other; what is left over at the end is dropped."""
    turns = union([Span(turn.start_s, turn.end_s) for turn in sample.script.transcript.turns])
    quiet = [(one.start_s + one.end_s) / 2 for one in gaps(turns, duration_s) if one.length_s >= _QUIET_S]
    start_s, wanted_s = 0.0, rng.uniform(SHORTEST_S, LONGEST_S)
    for moment_s, after_s in pairwise([*quiet, duration_s, duration_s + LONGEST_S]):
        if moment_s - start_s > LONGEST_S:
            start_s = moment_s
        elif moment_s - start_s >= SHORTEST_S and after_s - start_s > wanted_s:
            yield Span(start_s, moment_s)
            start_s, wanted_s = moment_s, rng.uniform(SHORTEST_S, LONGEST_S)


def _stretch(name: str, sample: Sample, audio: Audio, span: Span, rng: np.random.Generator) -> QueuedCall:
    first, last = round(span.start_s * SAMPLE_RATE_HZ), round(span.end_s * SAMPLE_RATE_HZ)
    gain = 10 ** (rng.uniform(-_GAIN_DB, _GAIN_DB) / 20)
    noise = rng.standard_normal((2, last - first), np.float32) * 10 ** (_NOISE_DBFS / 20)
    sound = np.clip(audio.samples[:, first:last] * gain + noise, -1.0, 1.0).astype(np.float32)
    assert sample.agent_channel is not None, "calls of two channels"
    turns = [turn for turn in sample.script.transcript.turns if span.start_s <= _middle(turn) < span.end_s]
    first_side, second_side = (
        "".join(turn.text for turn in turns if turn.channel == channel) for channel in (0, 1)
    )
    return QueuedCall(
        f"{name}-{first}", Audio(sound, audio.info), (first_side, second_side), sample.agent_channel
    )


def _middle(turn: Turn) -> float:
    return (turn.start_s + turn.end_s) / 2
