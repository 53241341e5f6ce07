"""Script experiments: the list with its form, and one experiment with what may be said today."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.deps import ReadDep, Services, ServicesDep
from api.pages.actor import actor_of
from api.pages.rendering import render
from models.clock import today_of
from models.database import session as writing
from models.experiment import ExperimentRow, ExperimentState, get_experiment, list_experiments, start, stop
from models.experiment_check import check, decide, standing
from qa_engine.errors import BadInput, NotFound
from qa_engine.insight.experiments.conclusion import METRICS, needed

router = APIRouter(prefix="/experiments", include_in_schema=False)
Line = Annotated[str, Form(max_length=200)]
Lines = Annotated[str, Form(max_length=4000)]
Percent = Annotated[float, Form(gt=0, lt=100)]
IDS = ("A", "B")


class BadExperiment(BadInput):
    """An experiment that could not be concluded."""

    code = "bad_experiment"


def _today(services: Services) -> date:
    return today_of(services.settings)


@router.get("")
def experiments(request: Request, opened: ReadDep) -> HTMLResponse:
    """All experiments, and the form of a new one."""
    deciding = [name for name, measure in METRICS.items() if not measure.is_guardrail]
    return render(
        request,
        "experiments/list.html",
        nav="coaching",
        rows=list_experiments(opened),
        metrics=deciding,
        ids=IDS,
        actor=actor_of(request),
    )


@router.post("")
def create(  # noqa: PLR0917 (form fields)
    services: ServicesDep,
    name: Line,
    metric: Line,
    base: Percent,
    least: Percent,
    lines_a: Lines,
    lines_b: Lines,
    campaign: Line = "",
    teams_a: Line = "",
    teams_b: Line = "",
) -> RedirectResponse:
    """Writes an experiment down before its first call. Raises `BadExperiment`."""
    versions = [_version(*parts) for parts in zip(IDS, (lines_a, lines_b), (teams_a, teams_b), strict=True)]
    if not all(one["lines"] for one in versions) or metric not in METRICS or METRICS[metric].is_guardrail:
        raise BadExperiment("实验缺少话术或判定指标", hint="两个版本各写至少一句话术,并选一个判定指标")
    by_team = any(one["teams"] for one in versions)
    if by_team and not all(one["teams"] for one in versions):
        raise BadExperiment("只有一个版本写了团队", hint="整队分配时两个版本都要写团队,每边至少 3 个")
    with writing(services.engine) as opened:
        row = ExperimentRow(
            name=name, metric=metric, base=base / 100, least=least / 100, campaign=campaign.strip() or None,
            by_team=by_team, versions=versions,
        )  # fmt: skip
        opened.add(row)
        opened.flush()
        number = row.id
    return RedirectResponse(f"/experiments/{number}", 303)


def _version(name: str, lines: str, teams: str) -> dict[str, Any]:
    return {
        "id": name,
        "title": name,
        "lines": [line.strip() for line in lines.splitlines() if line.strip()],
        "teams": [team.strip() for team in teams.replace("\uff0c", ",").split(",") if team.strip()],
    }


@router.get("/{experiment_id}")
def experiment_page(
    request: Request, services: ServicesDep, opened: ReadDep, experiment_id: int
) -> HTMLResponse:
    """One experiment: its versions, figures by assigned version, adherence, and what may be said."""
    row = get_experiment(opened, experiment_id)
    found = standing(opened, row, today=_today(services)) if row.starts_on else None
    wanted = found.needed if found else needed(row.base, row.least)
    return render(request, "experiments/experiment.html", nav="coaching", row=row, found=found, needed=wanted)


@router.post("/{experiment_id}/{step}")
def step_on(
    services: ServicesDep, experiment_id: int, step: str, winner: Line = "", note: Lines = ""
) -> RedirectResponse:
    """Starts, updates, stops or decides. Raises `ExperimentOver`, `NotFound`."""
    today = _today(services)
    with writing(services.engine) as opened:
        row = get_experiment(opened, experiment_id)
        if step == "start":
            start(row, today=today)
        elif step == "check" and row.state == ExperimentState.RUNNING:
            check(opened, row, today=today)
        elif step == "stop":
            stop(row, today=today, reason=note)
        elif step == "decide" and winner in {one["id"] for one in row.versions}:
            decide(row, winner=winner, today=today, note=note)
        else:
            raise NotFound("没有这一步", hint="请从实验页面操作")
        opened.add(row)
    return RedirectResponse(f"/experiments/{experiment_id}", 303)
