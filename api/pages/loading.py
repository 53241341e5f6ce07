"""One call from the store: whatever of it exists so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from api.pages.languages import Words
from api.pages.rubric_shelf import RubricShelf
from api.pages.views.call_page import CallView, Facts, Sound, call_view, facts_view
from api.pages.views.form import FormView, form_view
from api.pages.views.privacy import masked_evaluation, masked_texts
from api.pages.views.stored import parse_evaluation
from api.routes.audio import channel_roles
from models.agent import team_name
from models.analysis import AnalysisRow
from models.call import CallRow, CallState, call_facts, get_call
from models.evaluation import EvaluationRow, get_evaluations
from models.recording import RecordingRow
from models.settings import Settings
from models.studio.forms import forms_in
from models.transcript import TranscriptRow, get_transcript
from qa_engine.calls import Call, Transcript
from qa_engine.errors import NotFound
from qa_engine.scoring.evaluation import ObjectionFound

ENDED = (CallState.DONE, CallState.NO_CONVERSATION, CallState.FAILED)


@dataclass(frozen=True, slots=True)
class LoadedCall:
    """A call for its page. `view` is None until there is a transcript."""

    id: str
    state: str
    is_working: bool
    facts: Facts
    error: tuple[str, str, str] | None
    has_audio: bool
    view: CallView | None


def load_call(
    opened: Session, settings: Settings, call_id: str, *, rubric: str | None, words: Words
) -> LoadedCall:
    """The call with all that is stored about it. Raises `NotFound`."""
    row = get_call(opened, call_id)
    recording = opened.get(RecordingRow, call_id)
    name = row.external_id or (recording.filename if recording else "") or row.id
    facts = facts_view(
        call_facts(opened, row),
        name=name,
        team=team_name(opened, row.team_id or ""),
        duration_s=row.duration_s,
        zone=settings.zone,
    )
    has_audio = recording is not None and recording.audio_key is not None
    view = _view(
        opened,
        settings,
        row,
        facts=facts,
        recording=recording if has_audio else None,
        rubric=rubric,
        words=words,
    )
    return LoadedCall(
        id=row.id,
        state=row.state,
        is_working=row.state not in ENDED,
        facts=facts,
        error=(row.error_code or "", row.error_message or "", row.error_hint or "")
        if row.state == CallState.FAILED
        else None,
        has_audio=has_audio,
        view=view,
    )


def _view(
    opened: Session,
    settings: Settings,
    row: CallRow,
    *,
    facts: Facts,
    recording: RecordingRow | None,
    rubric: str | None,
    words: Words,
) -> CallView | None:
    stored = opened.get(TranscriptRow, row.id)
    if stored is None:
        return None
    transcript, signals = get_transcript(opened, row.id)
    analysed = opened.get(AnalysisRow, row.id)
    analysis: Mapping[str, Any] | None = analysed.document if analysed else None
    evaluations = get_evaluations(opened, row.id)
    shown = masked_texts(transcript)
    form = _form(
        evaluations, rubric, transcript, shown, shelf=RubricShelf(forms_in(opened, settings)), words=words
    )
    return call_view(
        row.id,
        facts,
        transcript,
        state=row.state,
        form=form,
        rubrics=tuple((found.rubric, found.title) for found in evaluations),
        analysis=analysis,
        objections=form.evaluation.objections if form else _objections(analysis),
        sound=_sound(row.id, recording, stored),
        words=words,
        shown=shown,
        heard=Call(transcript, call_facts(opened, row), signals),
    )


def _form(
    evaluations: Sequence[EvaluationRow],
    rubric: str | None,
    transcript: Transcript,
    shown: Sequence[str],
    *,
    shelf: RubricShelf,
    words: Words,
) -> FormView | None:
    found = next((row for row in evaluations if rubric in {None, row.rubric}), None)
    if found is None:
        if rubric is not None:
            raise NotFound(f"质检表 {rubric[:80]} 没有评过这通通话", hint="请从页面上列出的质检表中选择")
        return None
    evaluation = masked_evaluation(parse_evaluation(found.document), shown)
    titles = {key: words.prose(title) for key, title in shelf.section_titles(found.rubric).items()}
    return form_view(evaluation, transcript, section_titles=titles, formula=evaluation.formula)


def _objections(analysis: Mapping[str, Any] | None) -> tuple[ObjectionFound, ...]:
    """Objections of a call that no rubric has judged."""
    return tuple(
        ObjectionFound(
            found["type"],
            found["turn"],
            found.get("steps", {}),
            found["outcome"],
            sure=found.get("sure", True),
        )
        for found in (analysis or {}).get("objections", ())
    )


def _sound(call_id: str, recording: RecordingRow | None, stored: TranscriptRow) -> Sound | None:
    if recording is None:
        return None
    channels = recording.channels or 1
    roles = channel_roles(stored, channels)
    return Sound(
        url=f"/api/v1/calls/{call_id}/audio",
        peaks_url=f"/api/v1/calls/{call_id}/peaks",
        roles=" ".join(role for role in roles if role) if channels > 1 and all(roles) else "",
        is_mono=channels == 1,
    )
