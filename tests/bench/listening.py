"""Who speaks, what is made of sound without a voice, and how far times are off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from fixtures.builders import line_audio as made
from fixtures.builders.demo_model.evaluate import held_out_calls, measure, sample_calls
from fixtures.builders.demo_model.scoring import Errors, count_errors, pooled
from qa_engine.calls import Role, RoleSource, Transcript, Turn
from qa_engine.speech.audio import Audio, MediaInfo, Samples
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.errors import NoSpeech
from qa_engine.speech.media import decode
from qa_engine.speech.roles import channel_roles, checked_roles
from qa_engine.speech.transcribe import transcribe
from tests.bench.labelled_calls import load_calls
from tests.bench.runs import Runs
from tests.bench.samples import Sample
from tests.bench.statistics import share

PART_S = 90.0


def section(runs: Runs) -> list[str]:
    """The section of the report."""
    recognizer = load_recognizer("demo", threads=1)
    heard = [
        (sample, runs.ours.calls[sample.id].transcript)
        for sample in runs.samples
        if sample.id in runs.ours.calls
    ]
    return [
        "## Who speaks, and what is no speech",
        "",
        *swaps(heard),
        "",
        *mono(runs.samples, recognizer),
        "",
        *made_up(recognizer),
        "",
        *order_and_times(heard),
        "",
        *overlapped(heard),
        "",
    ]


def swaps(heard: list[tuple[Sample, Transcript]]) -> list[str]:
    """Maps and roles handed in the right way round and the wrong way."""
    two = [(sample, transcript) for sample, transcript in heard if sample.agent_channel is not None]
    rows = [("sample calls, recognised, channel map", *_maps(two))]
    rows.append(
        ("sample calls, scripts imported", *_imports([sample.script.transcript for sample, _ in two]))
    )
    frozen = [labelled.call.transcript for labelled in load_calls()]
    rows.append(
        (
            "frozen set of whole calls, imported",
            *_imports([t for t in frozen if len({x.role for x in t.turns}) == 2]),
        )
    )
    return [
        (
            "The table of words behind the check is trained on templates alone. *Doubt*: not swapped back, but the roles are "
            "marked as doubtful, so that rules on roles are unknown."
        ),
        "",
        "| calls | swapped: repaired | swapped: repaired or in doubt | right: left alone |",
        "|---|---|---|---|",
        *(
            f"| {name} | {share(repaired, n)} | {share(repaired + doubt, n)} | {share(n - spoilt, n)} |"
            for name, repaired, doubt, spoilt, n in rows
        ),
    ]


def _maps(two: list[tuple[Sample, Transcript]]) -> tuple[int, int, int, int]:
    repaired = doubt = spoilt = 0
    for sample, transcript in two:
        texts = [[turn.text for turn in transcript.turns if turn.channel == channel] for channel in (0, 1)]
        agent = sample.agent_channel or 0
        wrong = channel_roles(texts, 1 - agent)
        repaired += wrong.source is RoleSource.SWAPPED
        doubt += wrong.source is not RoleSource.SWAPPED and wrong.confidence < 0.8
        spoilt += channel_roles(texts, agent).source is RoleSource.SWAPPED
    return repaired, doubt, spoilt, len(two)


def _imports(right: list[Transcript]) -> tuple[int, int, int, int]:
    repaired = doubt = spoilt = 0
    for transcript in right:
        turns = tuple(
            replace(turn, role=Role.CUSTOMER if turn.role is Role.AGENT else Role.AGENT)
            for turn in transcript.turns
        )
        wrong = checked_roles(replace(transcript, turns=turns))
        repaired += wrong.role_source is RoleSource.SWAPPED
        doubt += wrong.role_source is not RoleSource.SWAPPED and wrong.role_confidence < 0.8
        spoilt += checked_roles(transcript).role_source is RoleSource.SWAPPED
    return repaired, doubt, spoilt, len(right)


def mono(samples: list[Sample], recognizer: Recognizer) -> list[str]:
    """Both channels mixed into one: which side each recognised word is given to. Words in overlaps are left out."""
    right = words = sure_right = sure_words = sure_calls = calls = 0
    units: list[Errors] = []
    for sample in samples:
        audio = decode(sample.audio)
        if len(audio.samples) == 2:
            mixed = audio.samples.mean(axis=0, keepdims=True).astype(np.float32)
            audio = replace(audio, samples=mixed, info=replace(audio.info, channels=1))
        heard = transcribe(audio, recognizer, call_id=sample.id, agent_channel=None).transcript
        found = [
            _is_right(word.start_s + (word.end_s - word.start_s) / 2, turn.role, sample)
            for turn in heard.turns
            for word in turn.words
        ]
        known = [one for one in found if one is not None]
        calls, right, words = calls + 1, right + sum(known), words + len(known)
        units.append(Errors(sample.id, len(known), len(known) - sum(known)))
        if heard.role_confidence >= 0.8:
            sure_calls, sure_right, sure_words = (
                sure_calls + 1,
                sure_right + sum(known),
                sure_words + len(known),
            )
    rate = pooled([unit for unit in units if unit.characters])
    return [
        (
            f"Mono mixes of the {calls} sample calls: {1 - rate.rate:.1%} of {words} words are given to the right side (95 % "
            f"interval by bootstrap over calls {1 - rate.high:.1%}–{1 - rate.low:.1%}); in the {sure_calls} calls whose roles "
            f"are stated with at least 80 %, {share(sure_right, sure_words)}; in the others rules on roles are unknown."
        )
    ]


def _is_right(at_s: float, role: Role, sample: Sample) -> bool | None:
    speaking = {
        turn.role for turn in sample.script.transcript.turns if turn.start_s - 0.1 <= at_s <= turn.end_s + 0.1
    }
    return role in speaking if len(speaking) == 1 else None


def made_up(recognizer: Recognizer) -> list[str]:
    """Half an hour without a voice."""
    rows: list[str] = []
    for name, parts in _voiceless().items():
        characters = seconds = 0.0
        for samples in parts:
            audio = Audio(samples[None], MediaInfo("made", "made", 16_000, 1, len(samples) / 16_000))
            seconds += audio.duration_s
            try:
                heard = transcribe(audio, recognizer, call_id="c", agent_channel=None)
            except NoSpeech:
                continue
            characters += sum(len(turn.text) for turn in heard.transcript.turns)
        rows.append(f"| {name} | {seconds / 60:.1f} | {characters:.0f} |")
    return ["| sound without a voice | minutes | characters made up |", "|---|---|---|", *rows]


def _voiceless() -> dict[str, Iterator[Samples]]:
    return {
        "silence": (made.silence(PART_S) for _ in range(4)),
        "line noise and crackle": (
            sound(PART_S, dbfs=dbfs, seed=seed)
            for seed, (sound, dbfs) in enumerate(
                [
                    (made.noise, -62.0),
                    (made.noise, -30.0),
                    (made.crackle, -50.0),
                    (made.crackle, -40.0),
                    (made.crackle, -30.0),
                ]
            )
        ),
        "music": (made.music(PART_S, seed=seed, beat_s=(0.3, 0.5, 0.8)[seed % 3]) for seed in range(7)),
        "ringback and busy tones": (
            made.joined([made.cadence(made.RINGBACK_S, 60), made.cadence(busy, 30)])
            for busy in (made.BUSY_S, made.CONGESTION_S, made.BUSY_S, made.CONGESTION_S)
        ),
    }


def order_and_times(heard: list[tuple[Sample, Transcript]]) -> list[str]:
    """Invariants of times, and edges of turns against the script."""
    turns = [turn for _, transcript in heard for turn in transcript.turns]
    backwards = sum(turn.end_s < turn.start_s for turn in turns)
    outside = sum(_has_words_outside(turn) for turn in turns)
    recognizer = load_recognizer("demo", threads=1)
    reports = [
        measure("sample calls", sample_calls(), recognizer),
        measure("held-out sentences", held_out_calls(), recognizer),
    ]  # type: ignore[arg-type]
    edges = "; ".join(
        f"{report.title}, median {report.time_median_s:.2f} s, 90 % within {report.time_p90_s:.2f} s (n = {report.time_n})"
        for report in reports
    )
    return [
        (
            f"Of {len(turns)} turns {backwards} end before they begin, {outside} have a word outside or out of order. "
            f"Edges of turns against the script: {edges}."
        )
    ]


def _has_words_outside(turn: Turn) -> bool:
    inside = all(turn.start_s <= word.start_s <= word.end_s <= turn.end_s for word in turn.words)
    return not inside or any(later.start_s < one.start_s for one, later in pairwise(turn.words))


def overlapped(heard: list[tuple[Sample, Transcript]]) -> list[str]:
    """What is said while both speak, against what is said alone, in two-channel calls."""
    both: list[Errors] = []
    alone: list[Errors] = []
    for sample, transcript in heard:
        if sample.agent_channel is None:
            continue
        script = sample.script.transcript.turns
        for turn in script:
            said = [w for t in transcript.turns if t.channel == turn.channel for w in t.words]
            text = "".join(
                w.text for w in said if turn.start_s - 0.2 <= (w.start_s + w.end_s) / 2 <= turn.end_s + 0.2
            )
            cut = any(
                o.role is not turn.role and o.start_s < turn.end_s and o.end_s > turn.start_s for o in script
            )
            (both if cut else alone).append(count_errors(sample.id, turn.text, text))
    rows = [
        (name, pooled(units)) for name, units in (("spoken over", both), ("spoken alone", alone)) if units
    ]
    return [
        "| turns of two-channel calls | CER | 95 % interval | characters | n turns |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {r.rate:.2%} | {r.low:.2%}–{r.high:.2%} | {r.characters} | {r.units} |"
            for name, r in rows
        ),
    ]
