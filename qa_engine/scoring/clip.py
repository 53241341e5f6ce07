"""A part of a call as a call, so that figures of the whole can be taken of the part."""

from __future__ import annotations

from dataclasses import replace

from qa_engine.calls import Call, Span, Turn
from qa_engine.scoring.scene import Scene
from qa_engine.scoring.window import Window


def clip(scene: Scene, window: Window) -> Call:
    """The turns of the window, those that reach across its seconds shortened (their text with them)."""
    start_s, end_s = scene.span(window)
    turns = []
    for index in scene.turns_in(window, None):
        turn = scene.turns[index]
        if turn.end_s <= start_s or turn.start_s >= end_s:
            continue
        if start_s <= turn.start_s and turn.end_s <= end_s:
            turns.append(turn)
            continue
        words = tuple(word for word in turn.words if start_s <= word.start_s and word.end_s <= end_s)
        clock = scene.recognition.clock(index)
        inside = [place for place in clock.placed() if place.end_s > start_s and place.start_s < end_s]
        low, high = (
            (inside[0].start, inside[-1].end) if turn.words and inside else _share(turn, start_s, end_s)
        )
        text = turn.text[low:high]
        turns.append(
            replace(
                turn, start_s=max(turn.start_s, start_s), end_s=min(turn.end_s, end_s), text=text, words=words
            )
        )
    transcript = replace(scene.call.transcript, turns=tuple(turns), duration_s=end_s - start_s)
    signals = scene.call.signals
    if signals is not None:
        speech = tuple(
            tuple(
                Span(max(span.start_s, start_s), min(span.end_s, end_s))
                for span in channel
                if span.end_s > start_s and span.start_s < end_s
            )
            for channel in signals.speech
        )
        signals = replace(signals, speech=speech, turns=())  # how whole turns sound says nothing about parts
    return replace(scene.call, transcript=transcript, signals=signals)


def _share(turn: Turn, start_s: float, end_s: float) -> tuple[int, int]:
    """The characters of a turn without words that belong to these seconds, spread evenly."""
    length_s = turn.end_s - turn.start_s
    if length_s <= 0:
        return 0, len(turn.text)
    low, high = ((min(max(s, turn.start_s), turn.end_s) - turn.start_s) / length_s for s in (start_s, end_s))
    return round(low * len(turn.text)), round(high * len(turn.text))
