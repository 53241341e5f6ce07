"""Pulls from real databases: what is new once, what is late too, nothing twice, and secrets nowhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from models.columns import utc_now
from models.database import open_database, reading, session
from models.dial_kpi import By, Period, grouped
from models.import_run import ImportRunRow, RunState, list_runs
from models.job_dispatch import drop_lease, hold_lease
from models.kpi_cell import stored_cells
from models.pull import due_sources, is_due, past_of, pull
from models.pull_plan import known_schedule, load_sources
from models.settings import Settings
from qa_engine.dialer.sources import SourcePlan
from qa_engine.errors import BadSettings, Conflict, NotFound
from tests.conftest import POSTGRES_URL, make_settings

SECRET = "s3cret-word"
LOG = (
    "CREATE TABLE vicidial_log (uniqueid VARCHAR(20) PRIMARY KEY, lead_id INT, campaign_id VARCHAR(8), call_date {time},"
    " length_in_sec INT, status VARCHAR(6), phone_number VARCHAR(18), {user} VARCHAR(20), user_group VARCHAR(20))"
)
USERS = "CREATE TABLE vicidial_users ({user} VARCHAR(20), pass VARCHAR(100), full_name VARCHAR(50), user_group VARCHAR(20))"


@dataclass
class Place:
    """A dialer's database: its URL as a plan names it, and an engine to write with."""

    url: str
    engine: Engine

    def call(self, key: str, age: timedelta, zone: object, status: str = "NI", length: int = 60) -> None:
        at = datetime.now(zone) - age  # type: ignore[arg-type]
        values = {"key": key, "at": at.strftime("%Y-%m-%d %H:%M:%S"), "status": status, "length": length}
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO vicidial_log VALUES"
                    " (:key, 1, 'C', :at, :length, :status, '13900000011', '1001', 'T1')"
                ),
                values,
            )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a MariaDB server of these tests."""
    folder = tmp_path_factory.mktemp("mariadb")
    options = ["--no-defaults", f"--datadir={folder}/data", f"--user={os.environ.get('USER', 'root')}"]
    subprocess.run(
        ["mariadb-install-db", *options, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True,
        capture_output=True,
    )
    port = _free_port()
    server = subprocess.Popen(
        [
            *("mariadbd", *options, f"--port={port}", "--bind-address=127.0.0.1"),
            *(f"--socket={folder}/s.sock", f"--pid-file={folder}/pid"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"mysql+pymysql://root@127.0.0.1:{port}"
    admin = create_engine(f"{url}/mysql", poolclass=NullPool)
    for _ in range(300):
        try:
            with admin.begin() as connection:
                connection.execute(text("CREATE DATABASE asterisk CHARACTER SET utf8mb4"))
                connection.execute(text(f"CREATE USER reader@'%' IDENTIFIED BY '{SECRET}'"))
                connection.execute(text("GRANT SELECT ON asterisk.* TO reader@'%'"))
            break
        except SQLAlchemyError:  # not up yet
            time.sleep(0.1)
    yield f"{url}/asterisk"
    server.terminate()
    server.wait(timeout=60)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgres", marks=pytest.mark.postgres),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """VICIdial's tables in a database of each sort, read with a password where there is one."""
    monkeypatch.setenv("DIALER_PASSWORD", SECRET)
    admin: Engine | None = None
    if request.param == "sqlite":
        url = written = f"sqlite:///{tmp_path / 'asterisk.sqlite3'}"
    elif request.param == "mariadb":
        written = request.getfixturevalue("mariadb")
        url = make_url(written).set(username="reader", drivername="mysql").render_as_string()
        url = url.replace("reader@", "reader:${DIALER_PASSWORD}@")
    else:
        name = f"callqa_dialer_{os.getpid()}"
        admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
        written = make_url(POSTGRES_URL).set(database=name).render_as_string(hide_password=False)
        url = written.replace("postgresql+psycopg", "postgresql")
    engine = create_engine(written, poolclass=NullPool)
    words = {
        "time": "TIMESTAMP" if admin is not None else "DATETIME",
        "user": "`user`" if admin is None else '"user"',
    }
    with engine.begin() as connection:
        for table, made in (("vicidial_log", LOG), ("vicidial_users", USERS)):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
            connection.execute(text(made.format(**words)))
        connection.execute(text(f"INSERT INTO vicidial_users VALUES ('1001', '{SECRET}', '王芳', 'T1')"))
    yield Place(url, engine)
    engine.dispose()
    if admin is not None:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def centre(tmp_path: Path, sqlite_url: str) -> Settings:
    return make_settings(tmp_path, sqlite_url, sources=tmp_path / "sources.yaml")


@pytest.fixture
def store(centre: Settings) -> Iterator[Engine]:
    opened = open_database(centre.database_url)
    yield opened
    opened.dispose()


def plan_of(centre: Settings, place: str, key: str = "url", **more: str) -> SourcePlan:
    assert centre.sources is not None
    said = {"dialer": "vicidial", "every": "5m", key: f"'{place}'", **more}
    entry = ", ".join(f"{name}: {value}" for name, value in said.items())
    centre.sources.write_text(f"sources: [{{name: main, {entry}}}]", "utf-8")
    (plan,) = load_sources(centre)
    return plan


def dials(engine: Engine) -> int:
    with reading(engine) as opened:
        cells = stored_cells(opened, (), Period())
        return grouped(opened, (), Period(), cells)[By.TOTAL][""].dials or 0


def runs(engine: Engine) -> list[ImportRunRow]:
    with reading(engine) as opened:
        return list(reversed(list_runs(opened)[0]))


Minutes: Callable[[float], timedelta] = lambda n: timedelta(minutes=n)  # noqa: E731


def test_pulls_read_what_is_new_and_late_once(place: Place, centre: Settings, store: Engine) -> None:
    plan = plan_of(centre, place.url)
    place.call("old", timedelta(days=3), centre.zone)
    place.call("going on", Minutes(5), centre.zone, "INCALL", 0)
    pull(store, centre, plan, holder="w1")
    assert dials(store) == 1  # the call that goes on would be frozen as it is now
    place.call("late", Minutes(100), centre.zone)  # written after the fact, within the overlap
    place.call("very old", timedelta(days=2), centre.zone)  # before it: a pull does not look there again
    place.call("new", Minutes(40), centre.zone)
    pull(store, centre, plan, holder="w2")
    assert dials(store) == 3
    pull(store, centre, plan, holder="w1")
    assert dials(store) == 3
    first, second, third = runs(store)
    assert [run.state for run in (first, second, third)] == [RunState.DONE] * 3
    assert first.files["vicidial_log"] == {"rows_in": 1, "stored": 1, "rejected": 0, "rejected_by_reason": {}}
    assert (second.files["vicidial_log"]["rows_in"], second.files["vicidial_log"]["stored"]) == (2, 2)
    assert (third.files["vicidial_log"]["rows_in"], third.files["vicidial_log"]["stored"]) == (2, 0)
    assert {(run.via, run.kind) for run in runs(store)} == {("pull", "vicidial")}


def test_no_secret_is_anywhere(
    place: Place, centre: Settings, store: Engine, capfd: pytest.CaptureFixture[str]
) -> None:
    pull(store, centre, plan_of(centre, place.url), holder="w")
    bad = plan_of(centre, "mysql://reader:${DIALER_PASSWORD}@127.0.0.1:1/asterisk")
    report = pull(store, centre, bad, holder="w")
    assert report is not None
    assert report.problems
    said = capfd.readouterr()
    dump = Path(centre.database_url.removeprefix("sqlite:///")).read_bytes()
    for suffix in ("-wal",):
        beside = Path(centre.database_url.removeprefix("sqlite:///") + suffix)
        dump += beside.read_bytes() if beside.exists() else b""
    assert SECRET.encode() not in dump
    assert SECRET not in said.out + said.err + str(report.problems)
    assert "13900000011" not in dump.decode("utf-8", "replace")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "exports"
    made.mkdir()
    return made


CSV = "id,started_at,agent_id,status,connected\n"


def test_a_folder_is_read_again_when_a_file_has_changed(
    centre: Settings, store: Engine, folder: Path
) -> None:
    plan = plan_of(centre, "exports", "folder", dialer="csv", overlap="1s", settle="0s")
    (folder / "a.csv").write_text(CSV + "1,2026-11-02 09:00:00,1001,x,1\n", "utf-8")
    assert pull(store, centre, plan, holder="w") is not None
    old = time.time() - 600
    os.utime(folder / "a.csv", (old, old))
    assert pull(store, centre, plan, holder="w") is None
    (folder / "b.csv").write_text(CSV + "2,2026-11-02 09:00:00,1001,x,1\n", "utf-8")
    assert pull(store, centre, plan, holder="w") is not None
    assert dials(store) == 2
    assert [run.state for run in runs(store)] == ["done"] * 3


def test_a_failed_pull_is_a_run_and_the_next_tries_come_later(
    centre: Settings, store: Engine, folder: Path
) -> None:
    shutil.rmtree(folder)
    plan = plan_of(centre, "exports", "folder", dialer="csv")
    pull(store, centre, plan, holder="w")
    (run,) = runs(store)
    assert (run.state, run.problems[0]["code"]) == (RunState.FAILED, "not_found")
    now = utc_now()
    with reading(store) as opened:
        past = past_of(opened, "main")
    assert past.failures == 1
    assert not is_due(plan, past, now + Minutes(9))
    assert is_due(plan, past, now + Minutes(10) + timedelta(seconds=1))
    pull(store, centre, plan, holder="w")
    with reading(store) as opened:
        assert not is_due(plan, past_of(opened, "main"), now + Minutes(19))
    folder.mkdir()
    (folder / "a.csv").write_text(CSV + "1,2026-11-02 09:00:00,1001,x,1\n", "utf-8")
    pull(store, centre, plan, holder="w")
    with reading(store) as opened:
        past = past_of(opened, "main")
    assert past.failures == 0
    assert due_sources(store, (plan,), utc_now() + Minutes(4)) == ()
    assert due_sources(store, (plan,), utc_now() + Minutes(6)) == (plan,)


def test_a_variable_that_is_not_set_is_named(centre: Settings, store: Engine) -> None:
    plan = plan_of(centre, "mysql://reader:${NOT_SET_HERE}@h/asterisk")
    with pytest.raises(BadSettings, match="NOT_SET_HERE"):
        pull(store, centre, plan, holder="w")
    (run,) = runs(store)
    assert (run.state, run.problems[0]["code"]) == ("failed", "bad_settings")


def test_one_process_at_a_time(centre: Settings, store: Engine, folder: Path) -> None:
    plan = plan_of(centre, "exports", "folder", dialer="csv")
    with session(store) as opened:
        assert hold_lease(opened, "pull:main", holder="other", ttl_s=60)
    with pytest.raises(Conflict):
        pull(store, centre, plan, holder="w")
    assert runs(store) == []
    with session(store) as opened:
        drop_lease(opened, "pull:main", holder="other")
    pull(store, centre, plan, holder="w")
    with session(store) as opened:
        assert hold_lease(opened, "pull:main", holder="other", ttl_s=60), "given back at the end"


def test_what_a_killed_pull_left_is_settled_by_the_next(
    centre: Settings, store: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import models.dial_import as importing

    plan = plan_of(centre, "exports", "folder", dialer="csv")
    (folder / "a.csv").write_text(CSV + "1,2026-11-02 09:00:00,1001,x,1\n", "utf-8")

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(importing, "_settle", die)
        with pytest.raises(Killed):
            pull(store, centre, plan, holder="w")
    with session(store) as opened:
        (run,) = list_runs(opened)[0]
        run.state, run.finished_at = RunState.RUNNING.value, None  # as a killed process leaves it
        opened.add(run)
    assert dials(store) == 0  # stored, and not yet in any figure
    pull(store, centre, plan, holder="w")
    assert dials(store) == 1
    assert [run.state for run in runs(store)] == ["cut_off", "done"]


def test_a_broken_file_of_sources_leaves_pages_standing(centre: Settings) -> None:
    assert centre.sources is not None
    schedule, problem = known_schedule(centre)
    assert (schedule, type(problem)) == ({}, NotFound)
