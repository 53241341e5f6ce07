"""What was heard, judged and understood of one call: the stored documents, byte for byte in their own format."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from api.deps import ReadDep
from api.errors import responses
from api.routes.bodies.results import AnalysisBody, EvaluationBody
from api.routes.parameters import CallId, Text
from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.evaluation import get_evaluations
from models.transcript import get_transcript
from qa_engine.exchange import TranscriptJson, transcript_json

router = APIRouter(prefix="/calls/{call_id}", tags=["results"], responses=responses(404))


@router.get("/transcript", summary="文字稿 · Transcript", response_model=TranscriptJson)
def transcript(opened: ReadDep, call_id: CallId) -> JSONResponse:
    """`callqa.transcript/1`; 404 before the call is transcribed."""
    row = get_call(opened, call_id)
    spoken, _ = get_transcript(opened, call_id)
    return JSONResponse(transcript_json(spoken, call_facts(opened, row)))


@router.get("/evaluations", summary="评分与证据 · Evaluations", response_model=list[EvaluationBody])
def evaluations(
    opened: ReadDep,
    call_id: CallId,
    rubric: Annotated[Text | None, Query(description="只要这张质检表的 · Of this rubric only")] = None,
    history: Annotated[
        bool, Query(description="连同旧版评分,新的在前 · Older ones too, newest first")
    ] = False,
) -> JSONResponse:
    """A list of `callqa.evaluation/1`: the current one of each rubric; empty before the call is scored."""
    get_call(opened, call_id)
    rows = get_evaluations(opened, call_id, history=history)
    return JSONResponse([row.document for row in rows if rubric is None or row.rubric == rubric])


@router.get("/analysis", summary="分析 · Analysis", response_model=AnalysisBody)
def analysis(opened: ReadDep, call_id: CallId) -> JSONResponse:
    """`callqa.analysis/1`; 404 before the call is analysed."""
    get_call(opened, call_id)
    return JSONResponse(get_analysis(opened, call_id))
