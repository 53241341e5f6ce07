"""New scores on request: exactly one current evaluation a call and rubric, old ones kept, also through a kill."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import select

from api.cli.rescore import rescore as rescore_command
from models.call import CallRow, CallState
from models.columns import from_now
from models.database import reading, session
from models.evaluation import EvaluationRow
from models.job_lease import claim, recover
from models.rescore import ask_rescore, open_rescores, rescore_progress, wanted_rubric
from models.rollup import RollupScoreRow
from models.stage_job import Stage, StageJobRow
from models.stored_calls import EVERY_CALL, Wanted
from qa_engine.errors import NotFound
from tests.conftest import make_settings
from tests.workers.conftest import RUBRICS
from tests.workers.scene import jobs_of, take_transcripts
from workers.runner import Ran, run_job, run_until_idle
from workers.tools import Tools

CALLS = 4


@pytest.fixture
def own(tmp_path: Path, database_url: str) -> Iterator[Tools]:
    """Two forms that the test may edit, and calls scored by both."""
    folder = tmp_path / "rubrics"
    folder.mkdir()
    text = (RUBRICS / "short-form.yaml").read_text("utf-8")
    (folder / "short-form.yaml").write_text(text, "utf-8")
    (folder / "other.yaml").write_text(text.replace("rubric: short-form", "rubric: other"), "utf-8")
    settings = make_settings(tmp_path, database_url, rubrics_dir=folder, rubrics="short-form,other")
    tools = Tools(settings)
    take_transcripts(tools.engine, tools.settings, CALLS)
    run_until_idle(tools)
    yield tools
    tools.engine.dispose()
    shutil.rmtree(folder)


def new_version(tools: Tools, name: str = "short-form", number: int = 2) -> None:
    path = Path(str(tools.settings.rubrics_dir)) / f"{name}.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"version: {number - 1}", f"version: {number}"), "utf-8")


def ask(tools: Tools, wanted: Wanted = EVERY_CALL, **options: bool) -> tuple[int, int]:
    asked = ask_rescore(tools.engine, tools.plans(), wanted, is_dry_run=options.get("dry", False))
    return asked.matched, asked.asked


def versions(tools: Tools, rubric: str = "short-form", *, current: bool = True) -> Counter[int]:
    """Version → number of evaluations under it."""
    with reading(tools.engine) as opened:
        rows = opened.exec(select(EvaluationRow).where(EvaluationRow.rubric == rubric))
        return Counter(row.version for row in rows if row.current or not current)


def states(tools: Tools) -> set[str]:
    with reading(tools.engine) as opened:
        return {call.state for call in opened.exec(select(CallRow))}


def test_nothing_is_asked_for_where_every_score_is_of_this_version(own: Tools) -> None:
    assert ask(own) == (CALLS, 0)


def test_a_new_version_scores_every_call_once_and_keeps_the_old_scores(own: Tools) -> None:
    new_version(own)
    assert ask(own) == (CALLS, CALLS)
    run_until_idle(own)
    assert versions(own) == {2: CALLS}
    assert versions(own, current=False) == {1: CALLS, 2: CALLS}
    assert states(own) == {CallState.DONE}


def test_figures_of_the_day_follow(own: Tools) -> None:
    path = Path(str(own.settings.rubrics_dir)) / "short-form.yaml"
    path.write_text(
        path.read_text("utf-8").replace("pass_mark: 60", "pass_mark: 0").replace("version: 1", "version: 2")
    )
    before = _passed(own)
    ask(own)
    run_until_idle(own)
    assert before < _passed(own) == CALLS


def _passed(tools: Tools) -> int:
    with reading(tools.engine) as opened:
        cells = opened.exec(select(RollupScoreRow).where(RollupScoreRow.rubric == "short-form"))
        return sum(cell.passed for cell in cells)


def test_a_dry_run_counts_and_asks_for_nothing(own: Tools) -> None:
    new_version(own)
    before = len(jobs_of(own.engine))
    assert ask(own, dry=True) == (CALLS, CALLS)
    assert len(jobs_of(own.engine)) == before


def test_asking_twice_makes_no_second_job(own: Tools) -> None:
    new_version(own)
    assert ask(own) == (CALLS, CALLS)
    assert ask(own) == (CALLS, 0)


def test_one_rubric_leaves_the_others_alone(own: Tools) -> None:
    new_version(own)
    new_version(own, "other")
    ask(own, Wanted(rubric="short-form"))
    run_until_idle(own)
    assert (versions(own), versions(own, "other")) == ({2: CALLS}, {1: CALLS})


def test_going_back_to_an_earlier_version_makes_its_scores_current_again(own: Tools) -> None:
    new_version(own)
    ask(own)
    run_until_idle(own)
    path = Path(str(own.settings.rubrics_dir)) / "short-form.yaml"
    path.write_text(path.read_text("utf-8").replace("version: 2", "version: 1"), "utf-8")
    assert ask(own) == (CALLS, CALLS)
    run_until_idle(own)
    assert versions(own) == {1: CALLS}
    assert versions(own, current=False) == {1: CALLS, 2: CALLS}
    assert states(own) == {CallState.DONE}


def test_forced_scores_again_what_has_the_score(own: Tools) -> None:
    assert ask(own, Wanted(is_forced=True)) == (CALLS, CALLS)
    run_until_idle(own)
    assert versions(own, current=False) == {1: CALLS}


def test_an_edited_fact_asks_for_a_new_score(own: Tools) -> None:
    with session(own.engine) as opened:
        call = opened.exec(select(CallRow)).first()
        assert call is not None
        call.disposition = "CALLBACK"
        opened.add(call)
    assert ask(own) == (CALLS, 1)
    run_until_idle(own)
    assert ask(own) == (CALLS, 0)


FILTERS = [
    (Wanted(), CALLS),
    (Wanted(first_day=date(2999, 1, 1)), 0),
    (Wanted(last_day=date(2000, 1, 1)), 0),
    (Wanted(first_day=date(2000, 1, 1), last_day=date(2999, 1, 1)), CALLS),
    (Wanted(agent_id="nobody"), 0),
    (Wanted(campaign="nothing"), 0),
]


@pytest.mark.parametrize(("wanted", "matched"), FILTERS)
def test_filters(own: Tools, wanted: Wanted, matched: int) -> None:
    new_version(own)
    assert ask(own, wanted) == (matched, matched)


def test_named_calls_by_either_id(own: Tools) -> None:
    with reading(own.engine) as opened:
        first, second = opened.exec(select(CallRow).limit(2))
    assert ask(own, Wanted(call_ids=(first.id, str(second.external_id)), is_forced=True)) == (2, 2)


def test_a_rubric_that_scores_no_calls_is_refused(own: Tools) -> None:
    with pytest.raises(NotFound, match="没有启用"):
        ask(own, Wanted(rubric="nobody"))


def test_live_calls_go_first(own: Tools) -> None:
    ask(own, Wanted(is_forced=True))
    take_transcripts(own.engine, own.settings, CALLS + 1)  # one is new
    run_job(own)
    (first,) = [job for job in jobs_of(own.engine) if job.stage == Stage.TRANSCRIBE and job.priority >= 0][
        -1:
    ]
    assert first.state == "done"


class TestKilled:
    """Killed anywhere, it goes on; no call is scored twice."""

    def test_a_worker_dies_half_way(self, own: Tools) -> None:
        new_version(own)
        ask(own)
        dying = Tools(own.settings, worker="dying")
        assert [run_job(dying) for _ in range(2)] == [Ran.DONE] * 2  # a score and the figures of its day
        with session(dying.engine) as opened:  # takes the next job and is never heard of again
            held = claim(opened, worker=dying.worker, lease_s=0.01)
        assert held is not None
        dying.engine.dispose()
        run_until_idle(own)
        assert sum(versions(own).values()) == CALLS
        assert versions(own) != {2: CALLS}
        with session(own.engine) as opened:
            opened.execute(
                StageJobRow.__table__.update()  # type: ignore[attr-defined]
                .where(StageJobRow.id == held.job_id)
                .values(lease_until=from_now(-1.0))
            )
            assert len(recover(opened, max_attempts=5)) == 1
        run_until_idle(own)
        assert versions(own) == {2: CALLS}
        assert versions(own, current=False) == {1: CALLS, 2: CALLS}
        assert states(own) == {CallState.DONE}

    def test_whoever_asks_dies_half_way(self, own: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("models.rescore.CHUNK", 2)
        new_version(own)

        def die(matched: int, asked: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            ask_rescore(own.engine, own.plans(), Wanted(), on_progress=die)
        assert ask(own) == (CALLS, CALLS - 2)
        run_until_idle(own)
        assert versions(own) == {2: CALLS}


def test_progress(own: Tools) -> None:
    asked = ask_rescore(own.engine, own.plans(), Wanted(is_forced=True))
    run_job(own)
    with reading(own.engine) as opened:
        now = rescore_progress(opened, str(asked.id))
    assert (now.asked, now.done, now.open, now.failed) == (CALLS, 1, CALLS - 1, 0)
    with reading(own.engine) as opened, pytest.raises(NotFound):
        rescore_progress(opened, "nobody")


def test_what_is_open_of_all_requests(own: Tools) -> None:
    ask(own, Wanted(is_forced=True))
    run_job(own)
    with reading(own.engine) as opened:
        assert open_rescores(opened) == (CALLS - 1, CALLS)  # the figures of the first call are to follow
    run_until_idle(own)
    with reading(own.engine) as opened:
        assert open_rescores(opened) == (0, 0)


@pytest.mark.parametrize(
    ("engine_ver", "rubric"),
    [
        ("callqa 0.1.0+ab+0123456789abcdef", None),
        ("callqa 0.1.0+ab+0123456789abcdef~0a1b2c", None),
        ("callqa 0.1.0+ab+0123456789abcdef#short-form~0a1b2c", "short-form"),
    ],
)
def test_a_job_names_its_rubric(engine_ver: str, rubric: str | None) -> None:
    assert wanted_rubric(engine_ver) == rubric


def test_the_command_counts_without_a_worker(own: Tools, capsys: pytest.CaptureFixture[str]) -> None:
    new_version(own)
    assert rescore_command(own.settings, Wanted(), is_dry_run=True, as_json=True) == 0
    assert '"asked": 4, "dry_run": true' in capsys.readouterr().out
