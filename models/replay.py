"""Stored evaluations made again from what they pin, and compared byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.call import CallRow, call_facts, get_call
from models.evaluation import EvaluationRow
from models.llm import Remembered, Silent
from models.llm_answer import known_answers
from models.scoring_input import ScoringInputRow, kept_facts, kept_history
from models.settings import Settings
from models.snapshot import SnapshotMissing, kept_rubric
from models.studio.forms import forms_in
from models.transcript import TranscriptRow, transcript_version
from models.version import code_version
from qa_engine.calls import Call
from qa_engine.errors import CallQAError
from qa_engine.exchange import facts_json
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.language.sentiment import SCORERS
from qa_engine.rubric.changes import FormChanges, changes
from qa_engine.rubric.load import Rubric
from qa_engine.scoring.compile import Plan, compile_rubric
from qa_engine.scoring.difference import differences
from qa_engine.scoring.evaluator import evaluate
from qa_engine.scoring.questioner import UNREACHED, Questioner
from qa_engine.scoring.render import evaluation_json
from qa_engine.speech.signals import measure

PLANS_KEPT = 8
SHOWN = 6


class ReplayStatus(StrEnum):
    """`equal`: the same bytes. `differs`: other bytes. `impossible`: something that it was made from is gone."""

    EQUAL = "equal"
    DIFFERS = "differs"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that is no longer as it was when the evaluation was made. `what` is code, rubric, lexicon, transcript,
    facts, engine or input."""

    what: str
    text: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """One evaluation replayed. `differences` compares the documents; `changed` says what is different today, which
    explains a difference and is worth knowing where there is none."""

    evaluation_id: int
    call_id: str
    external_id: str | None
    rubric: str
    version: int
    is_current: bool
    status: ReplayStatus
    differences: tuple[str, ...] = ()
    changed: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """What an evaluation was made from."""

    call: Call
    plan: Plan
    input: ScoringInputRow


@dataclass
class Replayer:
    """Replays evaluations one after another; compiled rubrics are kept between them."""

    settings: Settings
    _plans: dict[tuple[str, str, str, str], Plan] = field(default_factory=dict)
    _today: dict[str, Rubric | None] = field(default_factory=dict)

    def replay(self, opened: Session, row: EvaluationRow) -> Replayed:
        """Makes the evaluation again from its pins. Raises nothing that the stored data is to blame for."""
        call_row = get_call(opened, row.call_id)
        status, made = ReplayStatus.EQUAL, None
        found: tuple[str, ...] = ()
        gone: tuple[Changed, ...] = ()
        try:
            made = self.made_from(opened, row)
        except SnapshotMissing as missing:
            status, gone = ReplayStatus.IMPOSSIBLE, (Changed("input", missing.message),)
        if made is not None:
            evaluation = evaluate(
                made.call, made.plan, analysis=self.analysis(made), questioner=remembered(opened, row)
            )
            document = evaluation_json(evaluation)
            if as_bytes(document) != as_bytes(row.document):
                status, found = ReplayStatus.DIFFERS, differences(row.document, document)
        assert row.id is not None
        return Replayed(
            row.id,
            row.call_id,
            call_row.external_id,
            row.rubric,
            row.version,
            row.current,
            status,
            found,
            (*gone, *self._changed(opened, row, call_row, made)),
        )

    def made_from(self, opened: Session, row: EvaluationRow) -> Made:
        """Call and plan as they were. Raises `SnapshotMissing`."""
        known = opened.get(ScoringInputRow, (row.call_id, row.input_sha))
        heard = transcript_version(opened, row.call_id, known.transcript_sha256) if known else None
        if known is None or heard is None:
            what = "话务信息" if known is None else "文字稿版本"
            raise SnapshotMissing(f"没有保存评分时的{what}", hint="可用 callqa rescore 重新评分")
        transcript, signals = heard
        call = Call(transcript, kept_facts(known), signals, kept_history(known))
        return Made(call, self._plan(opened, row), known)

    def analysis(self, made: Made) -> Analysis:
        """The call understood as the pipeline does it, sentiment by the settings as they are now."""
        scorer = SCORERS[self.settings.sentiment]
        return analyze(made.call, made.plan.taxonomy, signals=measure(made.call), scorer=scorer)

    def _plan(self, opened: Session, row: EvaluationRow) -> Plan:
        zone = row.document["pins"].get("zone") or self.settings.zone.key
        key = (row.rubric_sha256, row.lexicon_sha256, zone, row.code)
        if key not in self._plans:
            rubric = kept_rubric(opened, row.rubric_sha256, row.lexicon_sha256)
            if len(self._plans) >= PLANS_KEPT:
                self._plans.pop(next(iter(self._plans)))
            # the label of the code that made it: what is compared is the content, and a change of code is said beside
            self._plans[key] = compile_rubric(rubric, zone=ZoneInfo(zone), code_version=row.code)
        return self._plans[key]

    def _changed(
        self, opened: Session, row: EvaluationRow, call_row: CallRow, made: Made | None
    ) -> tuple[Changed, ...]:
        found: list[Changed] = []
        if row.code != code_version():
            found.append(Changed("code", f"评分时是 {row.code},现在是 {code_version()}"))
        found += self._rubric_changed(opened, row, made.plan.rubric if made else None)
        found += _input_changed(opened, row, call_row, made)
        return tuple(found)

    def _rubric_changed(self, opened: Session, row: EvaluationRow, then: Rubric | None) -> list[Changed]:
        today = self._rubric_today(opened, row.rubric)
        if today is None:
            return [Changed("rubric", f"现在没有可用的质检表 {row.rubric}")]
        if (today.sha256, today.lexicon_sha256) == (row.rubric_sha256, row.lexicon_sha256):
            return []
        if then is None:
            hashes = f"{row.rubric_sha256[:12]} → {today.sha256[:12]}"
            return [Changed("rubric", f"内容已变({hashes}),评分时的原文没有保存,无法逐项比较")]
        return _described(row, today, changes(then, today))

    def _rubric_today(self, opened: Session, name: str) -> Rubric | None:
        if name not in self._today:
            try:
                self._today[name] = forms_in(opened, self.settings).rubric(name)
            except CallQAError:
                self._today[name] = None
        return self._today[name]


def as_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as it is stored: its keys in their order."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def remembered(opened: Session, row: EvaluationRow) -> Questioner | None:
    """The answers that the model gave then; it is not asked again."""
    pinned = str(row.document["pins"].get("llm", ""))
    if not pinned:
        return None
    name, _, _ = pinned.partition(UNREACHED)
    return Remembered(Silent(name), known_answers(opened, row.call_id))


def _described(row: EvaluationRow, today: Rubric, found: FormChanges) -> list[Changed]:
    told: list[Changed] = []
    form_keys = tuple(key for key in found.form_keys if key != "version")
    if today.sha256 != row.rubric_sha256:
        parts = [
            f"{name} {_some(ids)}"
            for name, ids in (
                ("改动", found.changed), ("新增", found.added), ("删除", found.removed), ("表头", form_keys),
            )
            if ids
        ]  # fmt: skip
        hashes = f"{row.rubric_sha256[:12]} → {today.sha256[:12]}"
        text = ";".join(parts) or "只有说明文字改动"
        told.append(Changed("rubric", f"版本 {row.version} → {today.version}({hashes}):{text}"))
    if today.lexicon_sha256 != row.lexicon_sha256:
        parts = [f"词表 {_some(found.lists)}"] if found.lists else []
        parts += ["异议分类"] if found.is_taxonomy else []
        hashes = f"{row.lexicon_sha256[:12]} → {today.lexicon_sha256[:12]}"
        told.append(Changed("lexicon", f"{hashes}:{';'.join(parts)}"))
    return told


def _input_changed(
    opened: Session, row: EvaluationRow, call_row: CallRow, made: Made | None
) -> list[Changed]:
    known = made.input if made else opened.get(ScoringInputRow, (row.call_id, row.input_sha))
    if known is None:
        return []
    found: list[Changed] = []
    heard = opened.get(TranscriptRow, row.call_id)
    if heard is not None and heard.sha256 != known.transcript_sha256:
        found.append(
            Changed("transcript", f"文字稿已改({known.transcript_sha256[:12]} → {heard.sha256[:12]})")
        )
        engine = ":".join(p for p in (heard.engine_name, heard.engine_model, heard.engine_version) if p)
        if engine != row.document["pins"]["engine"]:
            found.append(Changed("engine", f"识别引擎 {row.document['pins']['engine']} → {engine}"))
    today = facts_json(call_facts(opened, call_row))
    # names of the columns only: their values may say who the customer is
    fields = [
        key for key in sorted(known.facts.keys() | today.keys()) if known.facts.get(key) != today.get(key)
    ]
    if fields:
        found.append(Changed("facts", f"话务信息已改:{_some(fields)}"))
    return found


def _some(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 项" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more
