"""One call made ready for judging: hits of all phrases, clocks, roles and stages, computed once and shared."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, TypeAlias

from qa_engine.calls import Call, CallId, Role, Span, Transcript, Turn
from qa_engine.language.entities import Entity, Kind, find_entities
from qa_engine.language.redaction import redact
from qa_engine.language.similarity import SpokenTurn
from qa_engine.scoring.evaluation import Evidence, Verdict
from qa_engine.scoring.objection_shares import objection_shares
from qa_engine.scoring.outcome import Occurrence, Outcome, Stretches
from qa_engine.scoring.pattern_set import PatternSet
from qa_engine.scoring.questioner import (
    UNREACHED,
    Answer,
    Line,
    NoQuestioner,
    Questioner,
    question_key,
)
from qa_engine.scoring.questions import Question, questions
from qa_engine.scoring.recognition import BLURRED_SHARE, DEFAULT_CONFIDENCE, Clarity, Recognition
from qa_engine.scoring.resemblance import Readings, read
from qa_engine.scoring.window import WHOLE, Window
from qa_engine.speech.backchannels import is_backchannel
from qa_engine.speech.signals import Interruption, interruptions, silences

if TYPE_CHECKING:
    from qa_engine.language.analysis import Analysis
    from qa_engine.language.normalize import Normalized
    from qa_engine.language.phrases import Hit

ROLE_CONFIDENCE = 0.8
"""Confidence of guessed roles under which nothing that depends on the role is known."""
FEW = 8
"""Hits that are looked at one by one rather than searched."""
Found: TypeAlias = "tuple[int, Hit]"
"""A hit and the turn it is in."""


class Scene:
    """What judges look at. Made for one evaluation and thrown away with it."""

    def __init__(
        self,
        call: Call,
        analysis: Analysis,
        normals: Sequence[Normalized],
        hits: Iterable[Sequence[Hit]],
        pattern_set: PatternSet,
        *,
        kinds: frozenset[Kind] = frozenset(),
        questioner: Questioner,
    ) -> None:
        self.call = call
        self.analysis = analysis
        self.normals = normals
        self.turns: tuple[Turn, ...] = call.transcript.turns
        self.recognition = Recognition(self.turns)
        self._by_phrase: dict[int, list[Found]] = {}
        for turn, found in enumerate(hits):
            for hit in found:
                self._by_phrase.setdefault(hit.phrase, []).append((turn, hit))
        self._pattern_set = pattern_set
        self._questioner = questioner
        self._answered: dict[str, Answer] = {}
        self._interruptions: dict[Role, tuple[Interruption, ...]] = {}
        self._questions: dict[int, tuple[Question, ...]] = {}
        self._kinds = kinds
        self._clarity: dict[tuple[Window, Role | None, float], Clarity] = {}
        self._turns_in: dict[tuple[Window, Role | None], tuple[int, ...]] = {}
        self._begun: dict[tuple[Role | None, int], list[str]] = {}
        self._silences: dict[float, tuple[Span, ...]] = {}
        self._spans: dict[Window, tuple[float, float]] = {}
        self._spoken_turns: dict[int, SpokenTurn] = {}
        self._readings: dict[Role | None, tuple[tuple[int, ...], Readings]] = {}
        self.roles_sure = call.transcript.role_confidence >= ROLE_CONFIDENCE
        self.verdicts: dict[str, tuple[Verdict, tuple[Evidence, ...], Stretches, bool]] = {}
        """Items judged so far; the last is whether an unknown one may be n/a."""
        self.answers: dict[int | tuple[int, Window], Outcome] = {}
        """Answers given so far, by judge and window; those about the whole call by judge alone."""
        self.narrowed: dict[tuple[int, Window], Window] = {}
        """Windows limited so far, by identity of the limits (the plan keeps them) and window."""
        self.heard: dict[tuple[int, bool], dict[int, Occurrence]] = {}
        """Hits as occurrences, by identity of the rule (the plan keeps it), whether seconds matter, and hit: an order
        looks at the same hits in many windows."""
        self.searched: dict[tuple[str, Window], Evidence] = {}
        """Evidence for what was searched in vain, by condition and window."""
        self.respelled: dict[tuple[int, ...], Mapping[int, str]] = {}
        """Turns in other spelling, by vocabulary: see `respell`."""

    @cached_property
    def signals(self) -> Mapping[str, float | None]:
        """Measured figures of the call; None where one could not be measured."""
        return {**self.analysis.signals, **objection_shares(self.analysis.objections)}

    @cached_property
    def entities(self) -> tuple[tuple[Entity, ...], ...]:
        """For every turn its entities of the kinds that the form looks for. Found once, when a condition asks."""
        return find_entities(self.turns, normals=self.normals, kinds=self._kinds)

    @cached_property
    def masked(self) -> tuple[str, ...]:
        """The text of every turn with personal data as blocks, for readers outside: every offset stays what it is."""
        found = find_entities(self.turns, normals=self.normals)
        return tuple(redact(turn.text, named) for turn, named in zip(self.turns, found, strict=True))

    @cached_property
    def start_s(self) -> float:
        """Start of the conversation, in seconds of the recording."""
        return min(self.starts, default=0.0)

    @cached_property
    def end_s(self) -> float:
        """End of the conversation."""
        return max(self.ends, default=0.0)

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Start of every turn."""
        return tuple([turn.start_s for turn in self.turns])

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """End of every turn."""
        return tuple([turn.end_s for turn in self.turns])

    @cached_property
    def timed(self) -> bool:
        """Whether the turns carry times at all."""
        return self.end_s > self.start_s

    @cached_property
    def blocks(self) -> tuple[int, ...]:
        """For every turn the number of changes of speaker before it. 嗯 in the middle of the other's speech is none."""
        numbers: list[int] = []
        changes = 0
        roles = [turn.role for turn in self.turns]
        speaker = roles[0] if roles else None
        for index, role in enumerate(roles):
            if role is not speaker and not self._nods(roles, index):
                speaker = role
                changes += 1
            numbers.append(changes)
        return tuple(numbers)

    def _nods(self, roles: Sequence[Role], index: int) -> bool:
        if not 0 < index < len(roles) - 1:
            return False
        same_around = roles[index - 1] is roles[index + 1] is not roles[index]
        return same_around and is_backchannel(self.turns[index].text)

    @cached_property
    def stages(self) -> Mapping[str, frozenset[int]]:
        """Stage → its turns."""
        by_stage: dict[str, set[int]] = {}
        for index, turn in enumerate(self.analysis.turns):
            by_stage.setdefault(turn.stage, set()).add(index)
        return {stage: frozenset(turns) for stage, turns in by_stage.items()}

    def ask(self, question: str, lines: Sequence[Line]) -> Answer:
        """What the language model answers; the same question about the same words is asked once."""
        key = question_key(self._questioner.name, question, lines)
        if key not in self._answered:
            self._answered[key] = self._questioner.ask(question, lines)
        return self._answered[key]

    @property
    def model_pin(self) -> str:
        """The model that was asked, and how many questions it left without an answer; empty where none was asked."""
        if not self._answered or not self._questioner.name:
            return ""
        away = sum(not answer.reached for answer in self._answered.values())
        return self._questioner.name + (f"{UNREACHED}{away}/{len(self._answered)}" if away else "")

    def spoken(self, turn: int) -> SpokenTurn:
        """A turn as script lines are compared with it."""
        known = self._spoken_turns.get(turn)
        if known is None:
            known = self._spoken_turns[turn] = SpokenTurn(self.normals[turn])
        return known

    def readings(self, role: Role | None) -> tuple[tuple[int, ...], Readings]:
        """The turns of that role, and what the table of violations makes of them. Read once, when a condition asks."""
        known = self._readings.get(role)
        if known is None:
            turns = self.turns_in(WHOLE, role)
            known = self._readings[role] = turns, read([self.normals[turn].text for turn in turns])
        return known

    def patterns(self, turn: int) -> frozenset[int]:
        """Numbers of the regular expressions that may match the normal form of a turn."""
        return self._patterns[turn]

    @cached_property
    def _patterns(self) -> tuple[frozenset[int], ...]:
        return tuple([self._pattern_set.possible(normal.text) for normal in self.normals])

    @cached_property
    def _turns_by_pattern(self) -> Mapping[int, list[int]]:
        turns: dict[int, list[int]] = {}
        for turn, patterns in enumerate(self._patterns):
            for number in patterns:
                turns.setdefault(number, []).append(turn)
        return turns

    def matching(
        self, patterns: frozenset[int], turns: Sequence[int], others: Iterable[int] = ()
    ) -> list[int]:
        """Those of the turns in which one of the regular expressions may match, or which are among the `others`."""
        possible = set(others)
        for number in patterns:
            possible.update(self._turns_by_pattern.get(number, ()))
        return [turn for turn in turns if turn in possible] if possible else []

    def silences(self, min_s: float) -> tuple[Span, ...]:
        """Stretches of at least `min_s` in which nobody speaks."""
        known = self._silences.get(min_s)
        if known is None:
            known = self._silences[min_s] = silences(self.call, min_s)
        return known

    def said_before(self, turn: int, role: Role | None, most: int, reach: int, chars: int) -> list[str]:
        """Beginnings of up to `most` earlier turns of that role (None: anyone), of the `reach` turns before this one."""
        own = self.turns_of(role)
        texts = self._beginnings(role, chars)
        place = bisect_left(own, turn)
        return texts[max(0, place - most, bisect_left(own, turn - reach)) : place]

    def _beginnings(self, role: Role | None, chars: int) -> list[str]:
        """Beginnings of the turns of that role."""
        known = self._begun.get((role, chars))
        if known is None:
            own = self.turns_of(role)
            known = self._begun[role, chars] = [self.normals[turn].text[:chars] for turn in own]
        return known

    @cached_property
    def _turns_of(self) -> Mapping[Role, list[int]]:
        return {role: [i for i, turn in enumerate(self.turns) if turn.role is role] for role in Role}

    def turns_of(self, role: Role | None) -> Sequence[int]:
        """The turns of that role (None: of anyone), however sure it is."""
        return range(len(self.turns)) if role is None else self._turns_of[role]

    def interruptions(self, by: Role) -> tuple[Interruption, ...]:
        """Where `by` begins to speak into the other side's words."""
        found = self._interruptions.get(by)
        if found is None:
            found = self._interruptions[by] = interruptions(self.call, by)
        return found

    def questions(self, turn: int) -> tuple[Question, ...]:
        """The questions of a turn."""
        found = self._questions.get(turn)
        if found is None:
            found = self._questions[turn] = tuple(questions(self.normals[turn].text))
        return found

    def phrase_hits(self, phrases: Iterable[int], window: Window, role: Role | None) -> list[Found]:
        """Hits of these phrases by that role (None: anyone) inside the window, in order."""
        by_phrase = self._by_phrase
        anyone = role is None or not self.roles_sure
        found: list[Found] = []
        for phrase in phrases:
            if phrase in by_phrase:
                found += [
                    (turn, hit)
                    for turn, hit in self._near(phrase, window)
                    if (anyone or self.turns[turn].role is role)
                    and (window is WHOLE or self.inside(window, turn, hit.start, hit.end))
                ]
        if len(found) > 1:
            found.sort(key=_in_order)
        return found

    def _near(self, phrase: int, window: Window) -> Sequence[Found]:
        """Hits of a phrase in the turns of the window: a narrow window of a long call is no walk through all of it."""
        found = self._by_phrase[phrase]
        if len(found) <= FEW:
            return found
        first, last = window.reach(len(self.turns))
        return found[bisect_left(found, first, key=_turn_of) : bisect_right(found, last, key=_turn_of)]

    def is_silent_on(self, phrases: frozenset[int]) -> bool:
        """Whether none of these phrases is said."""
        return phrases.isdisjoint(self._by_phrase)

    @cached_property
    def clear(self) -> bool:
        """Whether it can be told of the call as a whole, and of each side, what was not said."""
        return all(
            self.clarity(WHOLE, role, DEFAULT_CONFIDENCE).share < BLURRED_SHARE for role in (None, *Role)
        )

    def speaks(self, turn: int, role: Role | None) -> bool:
        """Whether a turn is that role's. Any turn may be where roles are only guessed."""
        return role is None or not self.roles_sure or self.turns[turn].role is role

    def inside(self, window: Window, turn: int, start: int, end: int) -> bool:
        """Whether characters of a turn lie inside the window."""
        if not window.has_position((turn, start), (turn, end)):
            return False
        if not window.timed or not self.timed:
            return True
        whole = self.turns[turn]
        if window.start_s <= whole.start_s and whole.end_s <= window.end_s:
            return True
        return window.has_moment(self.recognition.clock(turn).seconds(start, end)[0])

    def turns_in(self, window: Window, role: Role | None) -> tuple[int, ...]:
        """Turns of which a part lies inside the window."""
        known = self._turns_in.get((window, role))
        if known is None:
            known = self._turns_in[window, role] = self._turns_inside(window, role)
        return known

    def _turns_inside(self, window: Window, role: Role | None) -> tuple[int, ...]:
        own = self.turns_of(role if self.roles_sure else None)
        first, last = window.reach(len(self.turns))
        inside = own[bisect_left(own, first) : bisect_right(own, last)]
        only, start_s, end_s = window.only, window.start_s, window.end_s
        if only is not None:
            inside = [turn for turn in inside if turn in only]
        if window.timed:
            starts, ends = self.starts, self.ends
            inside = [turn for turn in inside if ends[turn] >= start_s and starts[turn] <= end_s]
        return tuple(inside)

    def words(
        self,
        turn: int,
        start: int,
        end: int,
        evidence: Evidence,
        *,
        role: Role | None,
        least: float,
        timed: bool,
    ) -> Occurrence:
        """Characters of a turn, with `evidence` of when they were said, as an occurrence; not sure where words, role or
        times leave a doubt."""
        confidence = self.recognition.confidence(turn, start, end, least)
        doubt = ""
        if confidence is not None and confidence < least:
            doubt = f"识别把握只有 {confidence:.0%}"
        elif role is not None and not self.roles_sure:
            doubt = f"说话人身份是推测的(把握 {self.call.transcript.role_confidence:.0%})"
        elif timed and not self.timed:
            doubt = "转写里没有时间"
        start_s, end_s = evidence.start_s, evidence.end_s
        assert start_s is not None
        assert end_s is not None
        return Occurrence((turn, start), (turn, end), start_s, end_s, evidence, not doubt, doubt)

    def clarity(self, window: Window, role: Role | None, least: float) -> Clarity:
        """How well what that role said inside the window was recognised."""
        known = self._clarity.get((window, role, least))
        if known is None:
            known = self._clarity[window, role, least] = self.recognition.clarity(
                self.turns_in(window, role), window.start_s, window.end_s, least
            )
        return known

    def span(self, window: Window) -> tuple[float, float]:
        """The seconds that a window covers."""
        known = self._spans.get(window)
        if known is None:
            known = self._spans[window] = self._span(window)
        return known

    def _span(self, window: Window) -> tuple[float, float]:
        inside = self.turns_in(window, None)
        start_s = max(window.start_s, min([self.starts[turn] for turn in inside], default=self.start_s))
        end_s = min(window.end_s, max([self.ends[turn] for turn in inside], default=self.end_s))
        if window.start_s > -inf and not inside:
            start_s, end_s = window.start_s, min(window.end_s, self.call.transcript.duration_s)
        return round(start_s, 3), round(max(start_s, end_s), 3)


def _turn_of(found: Found) -> int:
    return found[0]


def _in_order(found: Found) -> tuple[int, int, int, int]:
    turn, hit = found
    return turn, hit.start, -hit.end, hit.distance


def silent_scene() -> Scene:
    """A call in which nobody says a word."""
    from qa_engine.language.analysis import Analysis  # noqa: PLC0415 - analysis is made before any scene

    call = Call(Transcript(CallId(""), 0.0, ()))
    nothing = Analysis(call.call_id, (), {}, ())
    return Scene(call, nothing, (), (), PatternSet(()), questioner=NoQuestioner())
