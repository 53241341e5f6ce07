"""Rubrics: which there are, their text, and a check of one that is being written."""

from __future__ import annotations

from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.deps import ServicesDep
from api.errors import WhereBody, responses
from api.forms import load_plans
from api.routes.parameters import Text
from models.rescore import ask_rescore
from models.stored_calls import Wanted
from models.studio.forms import Forms, forms_of
from models.studio.publish import check_text
from qa_engine.errors import NotFound
from qa_engine.rubric import BadRubric, Problem, Rubric
from qa_engine.rubric.check import ExampleResult
from qa_engine.rubric.json_schema import rubric_json_schema
from qa_engine.rubric.outline import outline
from qa_engine.rubric.yaml_nodes import read_yaml

router = APIRouter(prefix="/rubrics", tags=["rubrics"])
SENT = "rubric.yaml"


class ProblemBody(BaseModel):
    """A fault or warning at its place."""

    code: str = Field(examples=["unknown_key"])
    message: str = Field(examples=["没有 pas_when 这个键"])
    hint: str = Field(examples=["是不是想写 pass_when?"])
    where: WhereBody


class RubricLine(BaseModel):
    """A rubric of this installation. One whose file has faults has no title, and says what they are."""

    id: str = Field(examples=["telesales-standard"])
    active: bool = Field(description="给每通电话评分 · Scores every call", examples=[True])
    version: int | None = Field(examples=[3])
    title: str | None = Field(examples=["电销通用质检表"])
    status: str | None = Field(examples=["active"])
    pass_mark: float | None = Field(examples=[80])
    items: int | None = Field(examples=[24])
    release: int | None = Field(
        None, description="生效的发布;空为文件 · The release in force; null for a file", examples=[7]
    )
    problems: list[ProblemBody] = Field(default_factory=list)


class RubricBody(RubricLine):
    """A rubric whole: `parsed` is the file as data, `yaml` its very text."""

    sha256: str | None = Field(examples=["9f86d081884c7d65…"])
    lexicon_sha256: str | None = Field(examples=["9f86d081884c7d65…"])
    parsed: dict[str, Any] | None = Field(examples=[{"rubric": "telesales-standard", "version": 3}])
    yaml: str = Field(examples=["rubric: telesales-standard\nversion: 3\n…"])


class ExampleBody(BaseModel):
    """An example sentence run as a test; `expected` is null for a known miss."""

    item: str = Field(examples=["opening.identity"])
    line: str = Field(examples=["坐席:您好,我是安心保险的小李"])
    expected: Literal["pass", "fail", "unknown", "na"] | None
    got: Literal["pass", "fail", "unknown", "na"]
    ok: bool
    reason: str = Field(examples=["听到“我是安心保险”"])
    where: WhereBody


class OutlineItemBody(BaseModel):
    """An item of a form that is being written; `way` is the key that decides it."""

    id: str = Field(examples=["opening.identity"])
    title: str = Field(examples=["开场表明公司和姓名"])
    line: int = Field(examples=[14])
    weight: float | None = Field(examples=[10])
    way: str = Field(examples=["pass_when"])
    is_trial: bool = Field(examples=[False])
    auto_fail: str = Field(examples=["call"])
    examples: int = Field(examples=[3])


class OutlineSectionBody(BaseModel):
    """A section of it; `weight` without items on trial."""

    id: str = Field(examples=["opening"])
    title: str = Field(examples=["开场规范"])
    line: int = Field(examples=[9])
    weight: float = Field(examples=[25])
    items: list[OutlineItemBody]


class OutlineBody(BaseModel):
    """Where everything stands, also while the form has faults; `weight` should be 100."""

    rubric: str = Field(examples=["telesales-standard"])
    version: int | None = Field(examples=[3])
    title: str = Field(examples=["电销通用质检表"])
    weight: float = Field(examples=[100])
    sections: list[OutlineSectionBody]


class CheckBody(BaseModel):
    """What a check found; `ok` = no problems and every example as expected. `outline` is null where the YAML itself
    cannot be read."""

    ok: bool
    rubric: RubricLine | None
    problems: list[ProblemBody]
    warnings: list[ProblemBody]
    examples: list[ExampleBody]
    outline: OutlineBody | None


@router.get("", summary="质检表列表 · List rubrics")
def list_of_rubrics(services: ServicesDep) -> list[RubricLine]:
    """What is in force: released in the studio, else the centre's own file, else the shipped one."""
    forms = forms_of(services.engine, services.settings)
    return [_line(forms, name) for name in forms.known]


@router.get("/schema", summary="质检表的 JSON Schema · Schema", response_model=dict[str, Any])
def schema() -> JSONResponse:
    """For editors that complete and check while one writes."""
    return JSONResponse(rubric_json_schema())


@router.get("/{rubric_id}", summary="一张质检表 · One rubric", responses=responses(404))
def one_rubric(
    services: ServicesDep,
    rubric_id: Annotated[Text, Path(description="质检表编号 · Rubric id", examples=["telesales-standard"])],
) -> RubricBody:
    """The rubric parsed, and its file as it is."""
    forms = forms_of(services.engine, services.settings)
    known = forms.known
    if rubric_id not in known:  # ids only: an address must not open any file that the process can read
        raise NotFound(f"没有质检表 {rubric_id[:80]}", hint="可用的质检表:" + "、".join(known))
    line = _line(forms, rubric_id)
    rubric = None if line.problems else forms.rubric(rubric_id)
    parsed = rubric.document.data if rubric else None
    return RubricBody(
        **line.model_dump(),
        sha256=rubric.sha256 if rubric else None,
        lexicon_sha256=rubric.lexicon_sha256 if rubric else None,
        parsed=parsed if isinstance(parsed, dict) else None,
        yaml=forms.text(rubric_id),
    )


@router.post("/check", summary="检查一张质检表 · Check a rubric", responses=responses(413))
def check(
    services: ServicesDep,
    yaml: Annotated[
        bytes,
        Body(
            media_type="application/yaml",
            description="质检表的 YAML 文本 · The rubric's text",
            examples=["rubric: mine\nversion: 1\n…"],
        ),
    ],
    *,
    examples: Annotated[bool, Query(description="也运行例句 · Run the examples too")] = True,
) -> CheckBody:
    """Validates, lints and runs the examples, as `callqa rubric check` does. A faulty rubric is the answer (200),
    not an error of the request. Nothing is stored."""
    report = check_text(services.settings, yaml, file=SENT, with_examples=examples)
    forms = forms_of(services.engine, services.settings)
    return CheckBody(
        ok=report.ok,
        rubric=_described(forms, report.rubric) if report.rubric else None,
        problems=[_problem(problem) for problem in report.problems],
        warnings=[_problem(problem) for problem in report.warnings],
        examples=[_example(result) for result in report.examples],
        outline=_outline(yaml),
    )


class RescoreWish(BaseModel):
    """Which stored calls; every filter given must hold."""

    model_config = ConfigDict(extra="forbid")

    first_day: date | None = Field(None, description="从这一天起 · From this day", examples=["2026-11-01"])
    last_day: date | None = Field(None, description="到这一天止(含)· To this day", examples=["2026-11-30"])
    agent: Text | None = Field(None, description="坐席编号 · Agent id", examples=["A001"])
    campaign: Text | None = Field(None, description="活动 · Campaign", examples=["ins-2026"])
    call_ids: list[Text] = Field(
        default_factory=list, max_length=5_000, description="通话编号 · Call ids", examples=[["k7w3pnq8xv2m"]]
    )
    force: bool = Field(False, description="已是当前版本的也重算 · Also those scored by this version")
    dry_run: bool = Field(False, description="只数,不登记 · Count only")


class RescoreBody(BaseModel):
    """What came of a request. `id` is null for a dry run; progress: GET /api/v1/jobs/rescores/{id}."""

    id: str | None = Field(examples=["5f0c3a9d21be"])
    matched: int = Field(description="符合条件的通话 · Calls that match", examples=[1280])
    asked: int = Field(description="需要重新评分的 · Of them to be scored anew", examples=[1280])


@router.post(
    "/{rubric_id}/rescore",
    summary="重新评分已存的通话 · Score stored calls anew",
    status_code=202,
    responses=responses(404),
)
def rescore(
    services: ServicesDep,
    rubric_id: Annotated[Text, Path(description="质检表编号 · Rubric id", examples=["telesales-standard"])],
    wish: RescoreWish,
) -> RescoreBody:
    """Asks for new scores under the rubric as it is now; workers make them, after calls that come in. Old scores stay.
    Asking twice asks once: calls that have the score, or whose job is still to run, are left out."""
    settings = services.settings
    wanted = Wanted(
        rubric_id, wish.first_day, wish.last_day, wish.agent, wish.campaign, tuple(wish.call_ids), wish.force
    )
    asked = ask_rescore(
        services.engine,
        load_plans(forms_of(services.engine, settings)),
        wanted,
        model=settings.asked_model,
        is_dry_run=wish.dry_run,
    )
    return RescoreBody(id=asked.id, matched=asked.matched, asked=asked.asked)


def _line(forms: Forms, name: str) -> RubricLine:
    try:
        return _described(forms, forms.rubric(name))
    except BadRubric as error:
        return RubricLine(
            id=name,
            active=forms.is_active(name),
            version=None,
            title=None,
            status=None,
            pass_mark=None,
            items=None,
            problems=[_problem(problem) for problem in error.problems],
        )


def _described(forms: Forms, rubric: Rubric) -> RubricLine:
    release = forms.in_force(rubric.id)
    return RubricLine(
        id=rubric.id,
        active=forms.is_active(rubric.id),
        version=rubric.version,
        title=rubric.title,
        status=rubric.status,
        pass_mark=rubric.pass_mark,
        items=sum(1 for _ in rubric.items),
        release=release.id if release else None,
    )


def _outline(yaml: bytes) -> OutlineBody | None:
    try:
        return OutlineBody.model_validate(outline(read_yaml(yaml, SENT)), from_attributes=True)
    except BadRubric:
        return None


def _problem(problem: Problem) -> ProblemBody:
    where = WhereBody.model_validate(problem.where, from_attributes=True)
    where.file = FilePath(where.file).name if where.file else None  # no paths of the server
    return ProblemBody(code=problem.code, message=problem.message, hint=problem.hint, where=where)


def _example(result: ExampleResult) -> ExampleBody:
    return ExampleBody(
        item=result.item,
        line=result.line,
        expected=result.expected.value if result.expected else None,
        got=result.got.value,
        ok=result.ok,
        reason=result.reason,
        where=WhereBody.model_validate(result.where, from_attributes=True),
    )
