"""Turns of a call whose two sides were recorded into one channel. Roles are a guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Final

from qa_engine.calls import Role, RoleSource, Span, Turn, Word
from qa_engine.speech.audio import Samples
from qa_engine.speech.roles import INSEPARABLE_CONFIDENCE, Roles, agent_evidence, voice_roles
from qa_engine.speech.turns import MAX_PAUSE_S, join_text, turn_of
from qa_engine.speech.voices import Voices, tell_apart

# Speakers change in pauses; on one line the pause between them is often as short as one for breath.
MIN_CHANGE_S: Final = 0.2
SENTENCE_ENDS: Final = "。？！?!"
# Below this the voices are too alike to be told apart: each stretch goes to the side that its words sound like, and roles
# stay in doubt.
MIN_SEPARATION: Final = 0.15
# So much of each voice in one stretch means that the speaker changed within it.
MIN_PART_S: Final = 0.8
_LEAST_S: Final = 0.02


def one_channel_turns(
    samples: Samples, words: Sequence[Word], voiced: Sequence[Span]
) -> tuple[tuple[Turn, ...], Roles]:
    """Turns of (n,) float32 samples at 16 kHz, their words and voiced spans, with guessed roles and an honest
    confidence."""
    voices = tell_apart(samples, voiced)
    if voices.separation < MIN_SEPARATION:
        runs = _runs(words)
        labels = [int(agent_evidence([join_text(run)]) < 0) for run in runs]
        roles = Roles((Role.AGENT, Role.CUSTOMER), RoleSource.GUESS, INSEPARABLE_CONFIDENCE)
    else:
        labelled = [part for run in _runs(words) for part in _by_voice(run, voices)]
        runs, labels = [run for run, _ in labelled], [label for _, label in labelled]
        texts = [
            [join_text(r) for r, label in zip(runs, labels, strict=True) if label == voice]
            for voice in (0, 1)
        ]
        roles = voice_roles([text for text in texts if text], voices.separation)
    merged = _merged(runs, labels)
    return tuple(turn_of(run, roles.by_index[label], 0) for run, label in merged), roles


def _runs(words: Sequence[Word]) -> list[list[Word]]:
    """Words between two places where the speaker may change: a pause, or the end of a sentence."""
    runs: list[list[Word]] = [[words[0]]] if words else []
    for previous, word in pairwise(words):
        if word.start_s - previous.end_s >= MIN_CHANGE_S or previous.text[-1:] in SENTENCE_ENDS:
            runs.append([])
        runs[-1].append(word)
    return runs


def _by_voice(run: list[Word], voices: Voices) -> Iterator[tuple[list[Word], int]]:
    """The run with its voice, or its parts where both voices are clearly in it: the other speaker came in without a
    pause, and the recogniser set no mark."""
    heard = [voices.at((word.start_s + word.end_s) / 2) for word in run]
    spoken = [word.end_s - word.start_s + _LEAST_S for word in run]
    first = sum(s for s, label in zip(spoken, heard, strict=True) if label == 0)
    second = sum(spoken) - first
    if min(first, second) < MIN_PART_S:
        yield run, int(second > first)
        return
    for label, part in groupby(zip(run, heard, strict=True), key=itemgetter(1)):
        yield [word for word, _ in part], label


def _merged(runs: Sequence[list[Word]], labels: Sequence[int]) -> list[tuple[list[Word], int]]:
    merged: list[tuple[list[Word], int]] = []
    for run, label in zip(runs, labels, strict=True):
        if merged and merged[-1][1] == label and run[0].start_s - merged[-1][0][-1].end_s <= MAX_PAUSE_S:
            merged[-1][0].extend(run)
        else:
            merged.append((list(run), label))
    return merged
