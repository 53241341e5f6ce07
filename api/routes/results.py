"""What was heard, judged and understood of one call: the stored documents, byte for byte in their own format."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse

from api.deps import ReadDep, ServicesDep
from api.errors import responses
from api.routes.bodies.results import AnalysisBody, EvaluationBody, ProofsBody
from api.routes.parameters import CallId, Text
from models.analysis import get_analysis
from models.call import call_facts, get_call
from models.evaluation import get_evaluations
from models.replay import Replayer, as_bytes, remembered
from models.transcript import get_transcript
from qa_engine.errors import NotFound
from qa_engine.exchange import TranscriptJson, transcript_json
from qa_engine.scoring import evaluate
from qa_engine.scoring.proof import explain_all
from qa_engine.scoring.render import evaluation_json, proof_json

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


@router.get(
    "/evaluations/{rubric_id}/proof",
    summary="逐项证明 · Proof of each item",
    response_model=ProofsBody,
)
def proof(
    services: ServicesDep,
    opened: ReadDep,
    call_id: CallId,
    rubric_id: Annotated[Text, Path(description="质检表编号 · Rubric id", examples=["telesales-standard"])],
    item: Annotated[
        Text | None, Query(description="只要这一项 · Of this item only", examples=["opening.identity"])
    ] = None,
) -> JSONResponse:
    """Why each item of the current evaluation came out so: condition, turn, words, milliseconds. Made anew from the
    rubric, transcript and facts that the evaluation pins; `is_equal` is false where that gives another evaluation
    (other code). 404 where the call has no such evaluation, or what it was made from was not kept."""
    get_call(opened, call_id)
    row = next((row for row in get_evaluations(opened, call_id) if row.rubric == rubric_id), None)
    if row is None:
        raise NotFound(f"质检表 {rubric_id[:80]} 没有评过这通通话", hint="请等待处理完成,或核对质检表编号")
    replayer = Replayer(services.settings)
    made = replayer.made_from(opened, row)
    analysis = replayer.analysis(made)
    known = [judged["id"] for judged in row.document["items"]]
    if item is not None and item not in known:
        raise NotFound(f"质检表没有检查项 {item[:80]}", hint="检查项的编号见评分结果")
    asked = remembered(opened, row)
    again = evaluation_json(evaluate(made.call, made.plan, analysis=analysis, questioner=asked))
    only = None if item is None else frozenset({item})
    proofs = explain_all(made.call, made.plan, analysis=analysis, questioner=asked, only=only)
    return JSONResponse(
        {
            "call_id": call_id,
            "rubric": row.rubric,
            "version": row.version,
            "is_equal": as_bytes(again) == as_bytes(row.document),
            "items": [
                {"id": judged["id"], "verdict": judged["verdict"], "proof": proof_json(proofs[judged["id"]])}
                for judged in row.document["items"]
                if judged["id"] in proofs
            ],
        }
    )


@router.get("/analysis", summary="分析 · Analysis", response_model=AnalysisBody)
def analysis(opened: ReadDep, call_id: CallId) -> JSONResponse:
    """`callqa.analysis/1`; 404 before the call is analysed."""
    get_call(opened, call_id)
    return JSONResponse(get_analysis(opened, call_id))
