"""Ends the call, brings the figures of its day up to date, and alerts to what must not wait."""

from __future__ import annotations

import structlog
from sqlmodel import Session

from models.alert_rules import load_rules
from models.alert_watch import note_call
from models.call import CallState, clear_error, get_call
from models.clock import now_of
from models.job_lease import Claim
from models.kpi_cell import roll_up_call
from models.rollup import roll_up
from qa_engine.alerts.rules import RuleBook
from qa_engine.errors import CallQAError
from workers.stages.base import Outcome
from workers.tools import Tools

log = structlog.get_logger()


def run(tools: Tools, job: Claim) -> Outcome:
    """State, figures and alerts change in one transaction, so that they always agree."""
    book = _rules(tools)

    def save(opened: Session) -> None:
        call = get_call(opened, job.call_id)
        if call.state != CallState.NO_CONVERSATION:
            call.state = CallState.DONE
            clear_error(call)
        opened.add(call)
        opened.flush()
        roll_up(opened, call.day, call.agent_id, call.campaign)
        note_call(opened, tools.settings, book, call, now_of(tools.settings))
        roll_up_call(opened, call)

    return Outcome(save)


def _rules(tools: Tools) -> RuleBook:
    """A broken rule file must not hold calls up: it is told by `callqa doctor` and on the page of the rules."""
    try:
        return load_rules(tools.settings)
    except CallQAError as error:
        log.warning("alerts.bad_rules", error=error.code, where=str(error.where))
        return RuleBook(())
