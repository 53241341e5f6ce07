"""Call × plan → evaluation. Pure: no disk, clock, network or database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import lru_cache
from math import fsum

from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.language.normalize import normalize_all
from qa_engine.rubric.items import Cap, Item
from qa_engine.rubric.schema import AppliesTo
from qa_engine.scoring.arithmetic import AutoFail, Change, Part, Sheet, score
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Evaluation, ItemVerdict, Pins, Verdict
from qa_engine.scoring.judged import CompiledItem, Judged, item_verdict, points
from qa_engine.scoring.kleene import Truth
from qa_engine.scoring.questioner import NoQuestioner, Questioner
from qa_engine.scoring.scene import Scene
from qa_engine.speech.signals import measure

FACT_FILTERS = ("direction", "campaign", "team_id", "agent_id", "disposition")


def applies(plan: Plan, call: Call) -> bool:
    """Whether a form is for this call. A fact that the call does not carry excludes nothing."""
    spec = plan.rubric.spec
    if spec.status == "retired":
        return False
    return spec.applies_to is None or _applies(spec.applies_to, call)


def _applies(limits: AppliesTo, call: Call) -> bool:
    for name in FACT_FILTERS:
        globs, value = getattr(limits, name), getattr(call.facts, name)
        if globs is not None and value is not None and not any(fnmatchcase(value, glob) for glob in globs):
            return False
    talk_s = fsum(turn.end_s - turn.start_s for turn in call.transcript.turns)
    return limits.min_talk_s is None or talk_s >= limits.min_talk_s


def evaluate(
    call: Call, plan: Plan, *, analysis: Analysis | None = None, questioner: Questioner | None = None
) -> Evaluation:
    """Judges every item of the form on one call. Equal calls and equal plans give equal evaluations.

    `analysis` saves the work where the caller has it already; one that does not fit the transcript is made anew.
    `questioner` answers the `llm` conditions of the form; without one they are unknown."""
    scene = make_scene(call, plan, analysis, questioner)
    judged = _judge_all(scene, plan.order)
    sheet = sheet_of(plan, judged)
    total = score(sheet)
    rubric = plan.rubric
    engine = call.transcript.engine
    return Evaluation(
        call_id=call.call_id,
        rubric=rubric.id,
        version=rubric.version,
        title=rubric.title,
        score=total.shown,
        score_low=total.low,
        score_high=total.high,
        pass_mark=rubric.pass_mark,
        result=total.result,
        items=tuple([_verdict(c, judged[c.item.id]) for c in plan.items]),
        formula=total.formula,
        pins=Pins(
            plan.code_version,
            rubric.sha256,
            rubric.lexicon_sha256,
            ":".join(part for part in (engine.name, engine.model, engine.version) if part),
            scene.model_pin,
            plan.zone.key,
        ),
        objections=scene.analysis.objections,
        auto_fails=tuple(a.id for a in sheet.auto_fails if a.failed is Truth.TRUE),
        signals=scene.signals,
        status=rubric.status,
    )


def judge_call(
    call: Call, plan: Plan, *, analysis: Analysis | None = None, questioner: Questioner | None = None
) -> dict[str, Judged]:
    """Every item of the form on one call, by id, with the bounds of what it may earn."""
    return _judge_all(make_scene(call, plan, analysis, questioner), plan.order)


def judge_item(call: Call, plan: Plan, item_id: str) -> Judged:
    """One item of the form on one call, with the items that it asks about."""
    scene = make_scene(call, plan, None)
    needed = {item_id}
    for compiled in reversed(plan.order):
        if compiled.item.id in needed:
            needed |= compiled.asks
    return _judge_all(scene, [compiled for compiled in plan.order if compiled.item.id in needed])[item_id]


def judge_scene(scene: Scene, plan: Plan) -> tuple[ItemVerdict, ...]:
    """The verdicts of all items, in the order of the form."""
    judged = _judge_all(scene, plan.order)
    return tuple(_verdict(c, judged[c.item.id]) for c in plan.items)


def make_scene(
    call: Call, plan: Plan, analysis: Analysis | None, questioner: Questioner | None = None
) -> Scene:
    """The call made ready for the judges of a plan."""
    turns = call.transcript.turns
    normals = normalize_all([turn.text for turn in turns])
    if analysis is None or len(analysis.turns) != len(turns):
        analysis = analyze(call, plan.taxonomy, signals=measure(call), normals=normals, entities=False)
    elif not analysis.signals:
        analysis = replace(analysis, signals=measure(call))
    return Scene(
        call,
        analysis,
        normals,
        plan.matcher.find(normals),
        plan.pattern_set,
        questioner=questioner or NoQuestioner(),
        kinds=plan.kinds,
    )


def _judge_all(scene: Scene, order: Sequence[CompiledItem]) -> dict[str, Judged]:
    judged: dict[str, Judged] = {}
    for compiled in order:
        silence = compiled.silence
        if silence is not None and scene.clear and scene.is_silent_on(silence.phrases):
            answer = silence.judged
        else:
            answer = compiled.judge(scene)
        judged[compiled.item.id] = answer
        scene.verdicts[compiled.item.id] = (
            answer.verdict,
            answer.evidence,
            answer.settle,
            answer.may_be_na,
        )
    return judged


def sheet_of(plan: Plan, judged: Mapping[str, Judged]) -> Sheet:
    """What the arithmetic makes a score of. Items on trial and items that do not apply are left out."""
    parts: list[Part] = []
    changes: list[Change] = []
    auto_fails: list[AutoFail] = []
    for compiled in plan.items:
        item, answer = compiled.item, judged[compiled.item.id]
        if item.trial or answer.verdict is Verdict.NA:
            continue
        if item.deduct or item.bonus:
            changes.append(_change(item, answer))
            continue
        parts.append(_part(compiled.section, item.weight, answer.low, answer.high, answer.may_be_na))
        failed = Truth.FALSE if item.auto_fail is None else _failed(item, answer)
        if failed is not Truth.FALSE:
            auto_fails.append(_auto_fail(item, compiled.section, failed))
    titles = [(section.id, section.title) for section in plan.rubric.sections]
    spec = plan.rubric.spec
    return Sheet(parts, changes, auto_fails, spec.pass_mark, titles, spec.shown_score)


_part = lru_cache(maxsize=4096)(Part)
"""Parts of a form come out in few ways, the same ones in every call."""


def _change(item: Item, answer: Judged) -> Change:
    adjustment = item.deduct or item.bonus
    assert adjustment is not None
    sign = -1.0 if item.deduct else 1.0
    sure, possible = (sign * points(adjustment, hits) for hits in answer.hits)
    return Change(0.0 if answer.may_be_na else sure, possible)


def _failed(item: Item, answer: Judged) -> Truth:
    if answer.verdict is Verdict.PASS:
        return Truth.FALSE
    if answer.verdict is Verdict.FAIL:
        return Truth.TRUE
    return Truth.UNKNOWN if answer.low < item.pass_from else Truth.FALSE


def _auto_fail(item: Item, section: str, failed: Truth) -> AutoFail:
    if isinstance(item.auto_fail, Cap):
        return AutoFail(item.id, "cap", section, failed, item.auto_fail.cap)
    assert item.auto_fail is not None
    return AutoFail(item.id, item.auto_fail, section, failed)


def _verdict(compiled: CompiledItem, answer: Judged) -> ItemVerdict:
    silence = compiled.silence
    if silence is not None and answer is silence.judged:
        return silence.verdict
    return item_verdict(compiled.item, compiled.section, answer)
