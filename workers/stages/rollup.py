"""Ends the call and brings the figures of its day up to date."""

from __future__ import annotations

from sqlmodel import Session

from models.call import CallState, clear_error, get_call
from models.job_lease import Claim
from models.kpi_cell import roll_up_call
from models.rollup import roll_up
from workers.stages.base import Outcome
from workers.tools import Tools


def run(tools: Tools, job: Claim) -> Outcome:  # noqa: ARG001 (all of it happens while saving)
    """State and figures change in one transaction, so that they always agree."""

    def save(opened: Session) -> None:
        call = get_call(opened, job.call_id)
        if call.state != CallState.NO_CONVERSATION:
            call.state = CallState.DONE
            clear_error(call)
        opened.add(call)
        opened.flush()
        roll_up(opened, call.day, call.agent_id, call.campaign)
        roll_up_call(opened, call)

    return Outcome(save)
