"""One call as the page shows it: facts, sound, transcript, form, and what the islands need as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from api.pages.figures import clock, local_time, masked
from api.pages.languages import Words
from api.pages.shortcuts import CALL_PAGE, shortcut_data
from api.pages.views.dialogue import TurnView, dialogue, overlaps, silences
from api.pages.views.form import LEAD_S, FormView
from api.pages.views.marks import utf16_offset
from api.pages.views.moods import Curve, curves
from api.pages.views.privacy import masked_removed
from qa_engine.calls import Call, CallFacts, Corrected, LineSound, Removed, RoleSource, Transcript
from qa_engine.scoring.evaluation import ObjectionFound
from qa_engine.speech.arousal import RAISED, arousal
from qa_engine.speech.hung_up import HungUp, hung_up
from qa_engine.speech.roles import telling_turns

NO_SPAN_S = 0.5
"""Length given to a pin whose evidence has a start but no end."""
FIGURES = (
    ("talk_ratio", "share"), ("silence_ratio", "share"), ("longest_silence_s", "seconds"), ("overlap_s", "seconds"),
    ("agent_interruptions", "count"), ("response_time_s", "seconds"), ("agent_chars_per_min", "pace"),
    ("customer_chars_per_min", "pace"), ("turns", "count"), ("greeting_s", "seconds"), ("hold_s", "seconds"),
    ("customer_interruptions", "count"), ("expected_cer", "share"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about the call, as text; empty where it is not. The customer's number is masked."""

    name: str
    agent: str
    team: str
    campaign: str
    started: str
    duration: str
    customer: str
    direction: str
    disposition: str


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection with the handling steps in their order, each with the turn that took it (None: not taken)."""

    type: str
    turn: int
    start_s: float | None
    quote: str
    outcome: str
    steps: tuple[tuple[str, int | None, float | None], ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Sound:
    """How the recording is heard: the address of audio and peaks, and who is on which channel."""

    url: str
    peaks_url: str
    roles: str
    is_mono: bool


@dataclass(frozen=True, slots=True)
class CallView:
    """A call that has a transcript. `form` is None where no rubric applies or scoring is still to come. `roles_notice`
    says how roles came about where that leaves doubt ("" elsewhere), `roles_why` are the turns that tell most; `line`,
    `removed`, `corrected` and `hung_up` are what else is in the recording, `raised` the turns that sound more tense than usual."""

    id: str
    facts: Facts
    state: str
    transcript: Transcript
    turns: tuple[TurnView, ...]
    curves: tuple[Curve, ...]
    objections: tuple[ObjectionView, ...]
    figures: tuple[tuple[str, str, float], ...]
    form: FormView | None
    rubrics: tuple[tuple[str, str], ...]
    sound: Sound | None
    roles_notice: str
    roles_why: tuple[int, ...]
    line: tuple[LineSound, ...]
    removed: tuple[Removed, ...]
    corrected: tuple[Corrected, ...]
    is_uncalibrated: bool
    hung_up: HungUp | None
    raised: frozenset[int]
    data: Mapping[str, Any]


STEPS = ("acknowledge", "clarify", "respond", "confirm", "advance")


def facts_view(facts: CallFacts, *, name: str, team: str, duration_s: float | None, zone: ZoneInfo) -> Facts:
    """Facts as text; `team` is what its team is called."""
    agent = facts.agent_name or facts.agent_id or ""
    if facts.agent_name and facts.agent_id:
        agent = f"{facts.agent_name} {facts.agent_id}"
    return Facts(
        name=name,
        agent=agent,
        team=team,
        campaign=facts.campaign or "",
        started=local_time(facts.started_at, zone) if facts.started_at else "",
        duration=clock(duration_s),
        customer=masked(facts.customer_id),
        direction=facts.direction or "",
        disposition=facts.disposition or "",
    )


def call_view(
    call_id: str,
    facts: Facts,
    transcript: Transcript,
    *,
    state: str,
    form: FormView | None,
    rubrics: tuple[tuple[str, str], ...],
    analysis: Mapping[str, Any] | None,
    objections: tuple[ObjectionFound, ...],
    sound: Sound | None,
    words: Words,
    shown: Sequence[str],
    heard: Call | None = None,
) -> CallView:
    """The page of one call. `shown` are the turns' texts as they are printed."""
    turns = dialogue(transcript, form, objections=objections, analysis=analysis, shown=shown)
    figures = form.evaluation.signals if form else {}
    signals = heard.signals if heard else None
    tension = arousal(heard) if heard else ()
    return CallView(
        id=call_id,
        facts=facts,
        state=state,
        transcript=transcript,
        turns=turns,
        curves=curves(transcript, analysis),
        objections=tuple(_objection(found, transcript, shown) for found in objections),
        figures=tuple(
            (name, unit, value) for name, unit in FIGURES if (value := figures.get(name)) is not None
        ),
        form=form,
        rubrics=rubrics,
        sound=sound,
        roles_notice=_roles_notice(transcript),
        roles_why=tuple(sorted(turn for said in telling_turns(transcript).values() for turn in said)),
        line=signals.line if signals else (),
        removed=masked_removed(signals.removed) if signals else (),
        corrected=signals.corrected if signals else (),
        is_uncalibrated=signals is not None and bool(transcript.turns) and signals.expected_cer is None,
        hung_up=hung_up(heard) if heard else None,
        raised=frozenset(i for i, value in enumerate(tension) if value is not None and value >= RAISED),
        data=_data(transcript, turns, form, sound, words),
    )


def _roles_notice(transcript: Transcript) -> str:
    """The end of the key of what the page says about the roles, "" where they are certain."""
    if transcript.role_source in {RoleSource.GUESS, RoleSource.SWAPPED}:
        return "guessed" if transcript.role_source is RoleSource.GUESS else "swapped"
    return "doubtful" if transcript.role_confidence < 1 else ""


def _objection(found: ObjectionFound, transcript: Transcript, shown: Sequence[str]) -> ObjectionView:
    turns = transcript.turns
    raised = turns[found.turn] if found.turn < len(turns) else None
    evidence = found.evidence
    start_s = evidence.start_s if evidence and evidence.start_s is not None else None
    steps = tuple(
        (step, turn, turns[turn].start_s if turn is not None and turn < len(turns) else None)
        for step in STEPS
        for turn in [found.steps.get(step)]
    )
    return ObjectionView(
        type=found.type,
        turn=found.turn,
        start_s=start_s if start_s is not None else (raised.start_s if raised else None),
        quote=shown[found.turn] if raised else "",
        outcome=found.outcome,
        steps=steps,
        sure=found.sure,
    )


def _data(
    transcript: Transcript,
    turns: tuple[TurnView, ...],
    form: FormView | None,
    sound: Sound | None,
    words: Words,
) -> Mapping[str, Any]:
    """What `api/web/src/call-data.ts` describes."""
    return {
        "duration": round(transcript.duration_s, 3),
        "peaks": sound.peaks_url if sound else None,
        "turns": [_turn_data(turn) for turn in turns],
        "pins": _pins(form, transcript, words) if form else [],
        "silences": [
            [round(span.start_s, 3), round(span.end_s, 3)]
            for span in silences(transcript.turns, transcript.duration_s)
        ],
        "overlaps": [[round(span.start_s, 3), round(span.end_s, 3)] for span in overlaps(transcript.turns)],
        "lead": LEAD_S,
        "shortcuts": shortcut_data(CALL_PAGE),
        "words": {name: words(f"player.{name}") for name in ("play", "pause", "position")},
    }


def _turn_data(turn: TurnView) -> dict[str, Any]:
    flat: list[int] = []
    for placed in turn.words:
        flat += [
            utf16_offset(turn.text, placed.start),
            utf16_offset(turn.text, placed.end),
            round(placed.word.start_s * 1000),
            round(placed.word.end_s * 1000),
        ]
    return {
        "role": turn.role.value,
        "start": round(turn.start_s, 3),
        "end": round(turn.end_s, 3),
        "words": flat,
    }


def _pins(form: FormView, transcript: Transcript, words: Words) -> list[dict[str, Any]]:
    pins: list[dict[str, Any]] = []
    for item in form.items:
        for chip in item.chips:
            if chip.start_s is None:
                continue
            role = transcript.turns[chip.turn].role.value if chip.turn is not None else None
            verdict = words(f"verdict.{item.verdict.value}")
            pins.append(
                {
                    "number": item.number,
                    "verdict": item.verdict.value,
                    "start": round(chip.start_s, 3),
                    "end": round(
                        chip.end_s if chip.end_s is not None else chip.start_s + NO_SPAN_S,
                        3,
                    ),
                    "role": role,
                    "label": f"{chip.clock} {item.number} {words.prose(item.title)} · {verdict}",
                }
            )
    return sorted(pins, key=lambda pin: (pin["start"], pin["number"]))
