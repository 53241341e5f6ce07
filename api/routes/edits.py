"""Corrections of transcripts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from api.deps import ServicesDep
from api.errors import responses
from api.pages.actor import signed_actor
from api.pages.views.privacy import masked_texts, unmasked
from api.routes.bodies.edits import CorrectBody, CorrectedBody, RescoredBody
from api.routes.parameters import CallId
from models.database import session as writing
from models.transcript import get_transcript
from models.transcript_edit import Correction, TurnChanged, correct
from qa_engine.errors import BadInput, NotFound

router = APIRouter(prefix="/calls/{call_id}", tags=["reviews"], responses=responses(404, 409))


class BlocksChanged(BadInput):
    """What is hidden on pages cannot be edited there."""

    code = "blocks_changed"


@router.put("/transcript/turns/{turn}", summary="更正一句 · Correct a turn")
def correct_turn(
    request: Request,
    services: ServicesDep,
    call_id: CallId,
    turn: Annotated[int, Path(ge=0, le=100_000, description="第几句,从 0 开始 · Turn from 0")],
    body: CorrectBody,
) -> CorrectedBody:
    """The replaced transcript is kept; the forms that judged the call judge it again at once; people's verdicts stay. 409 where
    the turn no longer reads as `before`."""
    name = signed_actor(request)
    with writing(services.engine) as opened:
        transcript, _ = get_transcript(opened, call_id)
        if turn >= len(transcript.turns):
            raise NotFound(f"没有第 {turn + 1} 句", hint="请刷新页面")
        real, shown = transcript.turns[turn].text, masked_texts(transcript)[turn]
        if body.before not in {real, shown}:
            raise TurnChanged("这一句刚刚被改过", hint="请刷新页面,看过改动后再改")
        after = unmasked(body.after, shown, real) if body.before == shown else body.after
        if after is None:
            raise BlocksChanged("遮住的字(▇)不能改动", hint="请保留遮住的字,只改其他的字")
        done = correct(opened, call_id, Correction(turn, real, after), name=name, reckoner=services.reckoner)
    return CorrectedBody(forms=[RescoredBody.model_validate(form) for form in done])
