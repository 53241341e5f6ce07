"""An agent who changes team keeps history right, and a correction reaches the figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

from models.agent import team_on
from models.database import reading
from models.dial_kpi import By, Period, grouped
from models.figures import read_figures
from models.import_run import FileOutcome, list_runs
from models.kpi_cell import stored_cells
from models.people import export_people, import_people
from models.settings import Settings
from qa_engine.errors import NotFound
from tests.conftest import make_settings
from tests.models.dialer import Dialer

HEAD = "工号,姓名,团队,区域,岗位,开始日期,结束日期\n"
CALLS = (
    "id,started_at,agent_id,team_id,status,connected\n"
    "1,2026-11-02 09:00:00,1001,,x,1\n"
    "2,2026-11-15 09:00:00,1001,,x,0\n"
    "3,2026-11-16 09:00:00,1001,,x,1\n"
    "4,2026-11-16 10:00:00,1001,T9,x,1\n"  # the row's own group wins
    "5,2026-11-16 10:00:00,1002,,x,1\n"
)
PEOPLE = (
    "1001,王芳,T1,华东,坐席,2026-11-01,2026-11-15\n1001,王芳,T2,华南,组长,2026-11-16,\n1002,李伟,T1,华东,,,\n"
)


@pytest.fixture
def settings_on_each(tmp_path: Path, database_url: str) -> Settings:
    return make_settings(tmp_path, database_url)


@pytest.fixture
def dialer(settings_on_each: Settings, tmp_path: Path) -> Dialer:
    return Dialer(settings_on_each, tmp_path / "csv", "csv")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "staff.csv"


def teams(engine: Engine, by: By = By.TEAM) -> dict[str, int]:
    with reading(engine) as opened:
        cells = stored_cells(opened, (by,), Period())
        rolled = {key: sums.dials for key, sums in grouped(opened, (by,), Period(), cells)[by].items()}
        figures = read_figures(opened, ["dials"], by=by, first=date(2026, 11, 1), last=date(2026, 11, 30))
    assert {one.key: one.value for one in figures} == rolled
    return {key: n or 0 for key, n in rolled.items()}


def put(engine: Engine, file: Path, rows: str, encoding: str = "utf-8") -> FileOutcome:
    file.write_bytes((HEAD + rows).encode(encoding))
    made = import_people(engine, file)
    assert made.rows_in == made.stored + sum(made.rejected.values())
    return made


def test_the_team_at_the_time_of_the_call(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    put(engine, file, PEOPLE, "gb18030")
    dialer.load()
    assert teams(engine) == {"T1": 3, "T2": 1, "T9": 1}
    assert teams(engine, By.REGION) == {"": 1, "华东": 3, "华南": 1}
    with reading(engine) as opened:
        assert team_on(opened, "1001", date(2026, 11, 15)) == "T1"
        assert team_on(opened, "1001", date(2026, 11, 16)) == "T2"


def test_people_who_come_late_reach_the_figures(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    assert teams(engine) == {"": 4, "T9": 1}  # nobody has said anything yet
    made = put(engine, file, PEOPLE)
    assert (made.stored, made.rejected) == (3, {})
    assert teams(engine) == {"T1": 3, "T2": 1, "T9": 1}
    with reading(engine) as opened:
        run = list_runs(opened)[0][0]
    assert (run.kind, run.first_day, run.last_day) == ("people", date(2026, 11, 2), date(2026, 11, 16))


def test_again_changes_nothing_and_a_correction_moves_its_days_only(
    dialer: Dialer, engine: Engine, file: Path
) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    put(engine, file, PEOPLE)
    before = teams(engine)
    again = put(engine, file, PEOPLE)
    assert (again.stored, again.rejected) == (0, {"duplicate": 3})
    assert teams(engine) == before
    moved = PEOPLE.replace("2026-11-15", "2026-11-10").replace("2026-11-16", "2026-11-11")
    made = put(engine, file, moved)
    assert (made.stored, made.rejected) == (2, {"duplicate": 1})
    assert teams(engine) == {"T1": 2, "T2": 2, "T9": 1}
    put(engine, file, PEOPLE)
    assert teams(engine) == before


def test_who_is_not_in_the_file_stays(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    put(engine, file, PEOPLE)
    before = teams(engine)
    put(engine, file, "1003,赵鹏,T3,,,,\n")
    assert teams(engine) == before


def test_an_error_leaves_the_agent_as_before(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    put(engine, file, PEOPLE)
    before = teams(engine)
    made = put(engine, file, "1001,王芳,T5,,,2026-11-01,\n1001,王芳,T6,,,2026-11-16,\n")
    assert made.rejected == {"agent_in_error": 1, "overlapping_period": 1}
    assert teams(engine) == before


def test_a_team_that_moves_takes_its_figures_along(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    put(engine, file, PEOPLE)
    put(engine, file, PEOPLE.replace("华东", "华北"))
    assert teams(engine, By.REGION) == {"": 1, "华北": 3, "华南": 1}
    with reading(engine) as opened:
        narrowed = read_figures(
            opened,
            ["dials"],
            by=By.TEAM,
            where={By.REGION: "华北"},
            first=date(2026, 11, 1),
            last=date(2026, 11, 30),
        )
    assert {one.key: one.value for one in narrowed} == {"T1": 3}


def test_the_export_can_be_imported_and_says_the_same(dialer: Dialer, engine: Engine, file: Path) -> None:
    dialer.write("one.csv", CALLS)
    dialer.load()
    put(engine, file, PEOPLE)
    with reading(engine) as opened:
        text = export_people(opened)
    assert "1001,王芳,T1,,华东,坐席,2026-11-01,2026-11-15" in text.splitlines()
    file.write_text(text, "utf-8-sig")
    assert import_people(engine, file).stored == 0
    with reading(engine) as opened:
        assert export_people(opened) == text


def test_a_workbook_and_a_dry_run(engine: Engine, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["员工编号", "班组", "入职日期"], ["1001", "一组", date(2026, 11, 2)]):
        book.worksheets[0].append(row)
    book.save(tmp_path / "staff.xlsx")
    assert import_people(engine, tmp_path / "staff.xlsx", dry_run=True).stored == 1
    with reading(engine) as opened:
        assert team_on(opened, "1001", date(2026, 11, 2)) is None
    assert import_people(engine, tmp_path / "staff.xlsx").stored == 1
    with reading(engine) as opened:
        assert team_on(opened, "1001", date(2026, 11, 2)) == "一组"
        assert team_on(opened, "1001", date(2026, 11, 1)) is None


def test_a_file_that_is_not_there(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        import_people(engine, tmp_path / "nowhere.csv")
