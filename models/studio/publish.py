"""From a draft to a release: what stands in the way, which version it gets, and going back to an older one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.columns import utc_now
from models.database import lock_names
from models.evaluation import EvaluationRow
from models.settings import Settings
from models.studio.draft import DraftClosed, DraftConflict, DraftState, close_released, get_draft
from models.studio.forms import Forms, forms_in
from models.studio.packing import packed
from models.studio.release import NOTE_CHARS, TITLE_CHARS, ReleaseRow, get_release, releases_of
from qa_engine.errors import BadInput, CallQAError, Conflict
from qa_engine.rubric.check import CheckReport, check_loaded
from qa_engine.rubric.diff import RubricDiff, diff_rubrics
from qa_engine.rubric.load import Rubric, parse_rubric, surroundings
from qa_engine.rubric.lock import read_lock, scored_sha256
from qa_engine.rubric.phrases import add_lists, read_phrase_file
from qa_engine.rubric.problems import BadRubric, Problem
from qa_engine.rubric.scaffold import with_head
from qa_engine.rubric.schema import PhraseLists
from qa_engine.rubric.shared_conditions import SharedConditions
from qa_engine.scoring.evaluation import Verdict

LOCK = "rubric.lock"
FILE = "file"
"""What stands for the form's file where a release is named."""


MOST_EXAMPLES = 20_000
_EXAMPLES: dict[str, dict[tuple[str, str], tuple[Verdict, str]]] = {}
"""Zone → how examples came out: while somebody writes, all items but one are as they were a moment ago."""


class NotReleasable(BadInput):
    """The draft has faults, or an example that comes out otherwise than it says."""

    code = "not_releasable"


class OtherInForce(Conflict):
    """Another release came into force since the page was opened."""

    code = "other_in_force"


@dataclass(frozen=True, slots=True)
class Around:
    """What lies around forms on this machine. `kept` goes into a release: without the centre's own words, which are added
    whenever a form is loaded."""

    kept: PhraseLists
    phrases: PhraseLists
    conditions: SharedConditions


@dataclass(frozen=True, slots=True)
class Plan:
    """What a release of this text would be. `text` has its version raised where the lock's rule wants it."""

    text: str
    rubric: Rubric | None
    report: CheckReport
    version: int | None
    diff: RubricDiff | None
    before: Rubric | None
    in_force: str
    """What judges now, as the page names it back: a release's id, `file`, or "" for a form that is new."""
    reasons: tuple[Problem, ...] = ()

    @property
    def is_ready(self) -> bool:
        return self.rubric is not None and self.report.ok and not self.reasons


def around(settings: Settings) -> Around:
    """Raises `BadRubric` where a list or condition file has faults."""
    found = surroundings(settings.rubrics_dir)
    lists = dict(found.phrases)
    if settings.phrases:
        add_lists(lists, read_phrase_file(settings.phrases))
    return Around(found.phrases, lists, found.conditions)


def check_text(
    settings: Settings, text: str | bytes, *, file: str = "rubric.yaml", with_examples: bool = True
) -> CheckReport:
    """The text as a form of this installation: its faults, warnings and examples."""
    try:
        beside = around(settings)
        rubric = parse_rubric(text, file=file, shared=beside.phrases, conditions=beside.conditions)
    except BadRubric as error:
        return CheckReport(file, None, error.problems)
    known = _EXAMPLES.setdefault(settings.timezone, {})
    if len(known) > MOST_EXAMPLES:
        known.clear()
    return check_loaded(rubric, file=file, zone=settings.zone, with_examples=with_examples, known=known)


def plan_release(opened: Session, settings: Settings, text: str, rubric_id: str) -> Plan:
    """What would be released, compared with what is in force, and all that stands in the way."""
    forms = forms_in(opened, settings)
    before, in_force = _before(forms, rubric_id)
    report = check_text(settings, text)
    rubric = report.rubric
    if rubric is None:
        return Plan(text, None, report, None, None, before, in_force)
    reasons: list[Problem] = []
    if rubric.id != rubric_id:
        where = rubric.document.where(("rubric",))
        message = f"编号是 {rubric.id},这份草稿属于 {rubric_id}"
        reasons.append(Problem("other_id", message, "历史记录跟着编号走:改回来,或另建一份草稿", where))
    version = next_version(opened, forms, rubric, before)
    if version != rubric.version:
        text = with_head(text, {"version": str(version)})
        report = replace(report, rubric=parsed(settings, text))
        rubric = report.rubric
        assert rubric is not None
    diff = diff_rubrics(before, rubric) if before is not None else None
    if before is not None and diff is not None and diff.empty:
        reasons.append(
            Problem("unchanged", "与生效的版本没有差别", "先改内容再发布;要回到旧版,用版本页上的“恢复”")
        )
    return Plan(text, rubric, report, version, diff, before, in_force, tuple(reasons))


def next_version(opened: Session, forms: Forms, rubric: Rubric, before: Rubric | None) -> int:
    """The version that the rule of `rubric.lock` allows: a number stands for one way to score. What changes no score may
    keep the number in force; everything else needs one that was never used."""
    is_same_number = before is not None and (before.id, before.version) == (rubric.id, rubric.version)
    if is_same_number and before is not None and not diff_rubrics(before, rubric).scores_change:
        return before.version
    used = used_versions(opened, forms, rubric.id)
    if rubric.version not in used and rubric.version > max(used, default=0):
        return rubric.version
    return max(used, default=0) + 1


def used_versions(opened: Session, forms: Forms, rubric_id: str) -> Mapping[int, str]:
    """Every version that a form ever had: released, locked beside a file, in the file, or pinned in an evaluation."""
    found: dict[int, str] = {}
    scored = opened.execute(
        select_columns(col(EvaluationRow.version)).where(col(EvaluationRow.rubric) == rubric_id).distinct()
    )
    found |= dict.fromkeys(scored.scalars(), "")
    path = forms.files.get(rubric_id)
    if path is not None:
        for (name, version), digest in read_lock(path.parent / LOCK).items():
            if name == rubric_id:
                found[version] = digest
        with suppress(CallQAError):  # a broken file has no version to keep clear of
            found.setdefault(forms.file_rubric(rubric_id).version, "")
    for row in releases_of(opened, rubric_id):
        found[row.version] = row.scored_sha256
    return found


@dataclass(frozen=True, slots=True)
class Wish:
    """How a draft is to be released. `in_force` is what the person saw judging, `revision` which state they read."""

    note: str
    by: str
    in_force: str
    revision: int
    starts_at: datetime | None = None
    scores_calls: bool = True


def release_draft(opened: Session, settings: Settings, draft_id: str, wish: Wish) -> ReleaseRow:
    """Puts the draft in force, now or later. Raises `NotReleasable`, `OtherInForce`, `DraftConflict`, `BadInput`."""
    draft = get_draft(opened, draft_id)
    lock_names(opened, f"rubric:{draft.rubric}")
    opened.refresh(draft)  # whoever held the lock may have released it
    if draft.state != DraftState.OPEN:
        raise DraftClosed("这份草稿已经发布或丢弃", hint="在草稿页上可以重新打开")
    if draft.revision != wish.revision:
        raise DraftConflict(f"{draft.changed_by} 刚刚改过这份草稿", hint="请再看一遍要发布的内容")
    plan = plan_release(opened, settings, draft.source, draft.rubric)
    _require_same(plan.in_force, wish.in_force)
    if not plan.is_ready or plan.rubric is None or plan.version is None:
        raise NotReleasable(_why_not(plan), hint="请按“检查”里列出的逐条修正,再发布")
    row = _new(settings, plan.text, wish)
    opened.add(row)
    close_released(opened, draft_id, plan.text, by=wish.by)
    opened.flush()
    return row


def release_again(opened: Session, settings: Settings, rubric_id: str, older: str, wish: Wish) -> ReleaseRow:
    """Puts an older release (its id, or `file`) in force again, under the version that it had: the same form, the same
    number. Raises `NotFound`, `OtherInForce`, `Conflict`, `BadInput`, `BadRubric`."""
    lock_names(opened, f"rubric:{rubric_id}")
    forms = forms_in(opened, settings)
    _require_same(_before(forms, rubric_id)[1], wish.in_force)
    if older == wish.in_force and wish.starts_at is None:
        raise Conflict("它就是正在生效的版本", hint="请选一个别的版本")
    if older == FILE:
        row = _new(settings, forms.file_text(rubric_id), wish)
        locked = used_versions(opened, forms, rubric_id).get(row.version)
        if locked and locked != row.scored_sha256:
            raise Conflict(
                f"文件里的第 {row.version} 版和用过的第 {row.version} 版内容不同",
                hint="从文件新建草稿再发布,它会得到新的版本号",
            )
    else:
        if not older.isdecimal() or len(older) > 15:
            raise BadInput(f"没有编号为 {older[:40]} 的发布", hint="请从版本列表里选择")
        old = get_release(opened, int(older), rubric_id)
        row = ReleaseRow(
            rubric=old.rubric,
            version=old.version,
            title=old.title,
            text=old.text,
            form=old.form,
            sha256=old.sha256,
            scored_sha256=old.scored_sha256,
            repeats=old.id,
            **_how(wish),
        )
    opened.add(row)
    opened.flush()
    return row


def call_off(opened: Session, rubric_id: str, release_id: int, *, by: str) -> ReleaseRow:
    """Calls off a release that has not started. Raises `NotFound`, `Conflict`."""
    row = get_release(opened, release_id, rubric_id)
    if row.called_off_at is not None or row.starts_at <= utc_now():
        raise Conflict("这次发布已经生效或已取消", hint="要停用它,请恢复一个旧版本")
    row.called_off_at, row.called_off_by = utc_now(), by
    opened.add(row)
    return row


def planned(opened: Session, rubric_id: str) -> tuple[ReleaseRow, ...]:
    """Releases that are still to start."""
    rows = opened.exec(
        select(ReleaseRow)
        .where(
            ReleaseRow.rubric == rubric_id,
            col(ReleaseRow.starts_at) > utc_now(),
            col(ReleaseRow.called_off_at).is_(None),
        )
        .order_by(col(ReleaseRow.starts_at))
    ).all()
    return tuple(rows)


def scored_by_version(opened: Session, rubric_id: str) -> Mapping[int, int]:
    """Version → how many calls have it as their score."""
    rows = opened.execute(
        select_columns(col(EvaluationRow.version), func.count())
        .where(col(EvaluationRow.rubric) == rubric_id, col(EvaluationRow.current).is_(True))
        .group_by(col(EvaluationRow.version))
    ).all()
    return {version: count for version, count in rows}  # noqa: C416 (rows)


def _before(forms: Forms, rubric_id: str) -> tuple[Rubric | None, str]:
    """What is in force, and its name; no form where there is none or its file cannot be read."""
    release = forms.in_force(rubric_id)
    if release is None and rubric_id not in forms.files:
        return None, ""
    try:
        return forms.rubric(rubric_id), str(release.id) if release else FILE
    except BadRubric:
        return None, str(release.id) if release else FILE


def _require_same(now: str, seen: str) -> None:
    if now != seen:
        raise OtherInForce("打开页面之后,生效的版本已经变了", hint="请重新打开,对照新的版本再发布")


def _why_not(plan: Plan) -> str:
    faults = [*plan.report.problems, *plan.reasons]
    failed = [example for example in plan.report.examples if not example.ok]
    first = _place(faults[0]) if faults else f"{failed[0].where}: 例句“{failed[0].line[:60]}”与预期不符"
    more = len(faults) + len(failed) - 1
    return f"还不能发布:{first}" + (f"(另有 {more} 处)" if more else "")


def _place(problem: Problem) -> str:
    return str(problem) if problem.where.line else f"{problem.message} → {problem.hint}"


def parsed(settings: Settings, text: str) -> Rubric:
    """The text as a form of this installation. Raises `BadRubric`."""
    beside = around(settings)
    return parse_rubric(text, file="rubric.yaml", shared=beside.phrases, conditions=beside.conditions)


def _how(wish: Wish) -> dict[str, Any]:
    note = wish.note.strip()
    if not note:
        raise BadInput("还没有写发布说明", hint="写一句改了什么、为什么,例如:放宽开场时间到 40 秒")
    if len(note) > NOTE_CHARS:
        raise BadInput(f"发布说明超过 {NOTE_CHARS} 字", hint="请写短一些")
    now = utc_now()
    if wish.starts_at is not None and wish.starts_at <= now:
        raise BadInput("生效时间已经过去", hint="留空表示立即生效,或选一个将来的日期")
    return {
        "note": note,
        "released_by": wish.by,
        "released_at": now,
        "starts_at": wish.starts_at or now,
        "scores_calls": wish.scores_calls,
    }


def _new(settings: Settings, text: str, wish: Wish) -> ReleaseRow:
    """A release of the text: with the shared conditions in it and the lists around it, but the centre's own words."""
    beside = around(settings)
    # lists that only the centre's own file has must be known; their words come with it
    lists = {name: beside.kept.get(name, ()) for name in beside.phrases}
    rubric = parse_rubric(text, file="rubric.yaml", shared=lists, conditions=beside.conditions)
    form = {"source": rubric.source, "phrases": {name: list(words) for name, words in lists.items()}}
    return ReleaseRow(
        rubric=rubric.id,
        version=rubric.version,
        title=rubric.title[:TITLE_CHARS],
        text=packed(text),
        form=packed(json.dumps(form, ensure_ascii=False)),
        sha256=rubric.sha256,
        scored_sha256=scored_sha256(rubric),
        **_how(wish),
    )
