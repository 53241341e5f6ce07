"""`callqa rubric backtest`: what a new state of a rubric would change, before it judges anybody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from api.cli.backtest_tables import show_report
from api.cli.console import failure_table, note, notes, print_json, progress_bar
from api.cli.database import store
from api.cli.facts import FactsTable
from api.cli.inputs import CallReader, Failures, each
from api.cli.known_forms import known_forms
from models.database import reading
from models.review import reviewed_verdicts
from models.reviews_csv import read_reviews
from models.settings import Settings
from models.snapshot import kept_version
from models.stored_calls import EVERY_CALL, Wanted, count_stored, stored_calls
from models.version import code_version
from qa_engine.calls import Call
from qa_engine.errors import BadInput
from qa_engine.quality.backtest import BackTest, Reviews
from qa_engine.quality.backtest_report import backtest_json
from qa_engine.rubric import Rubric
from qa_engine.scoring.compile import Plan, compile_rubric

KEPT = re.compile(r"(?P<name>[a-z0-9][a-z0-9_\-]*)@(?P<version>[0-9]{1,7})")


@dataclass(frozen=True, slots=True)
class Sources:
    """Which calls are compared: files and folders of transcripts, or (none named) the stored ones that fit."""

    files: tuple[Path, ...] = ()
    wanted: Wanted = EVERY_CALL
    reviews: Path | None = None
    phrases: Path | None = None


def backtest(
    settings: Settings, new: str, *, against: str | None, sources: Sources, as_json: bool = False
) -> int:
    """Prints the report; returns 0, or 1 where a file could not be read. Raises `BadInput` where a form would be
    compared with itself, or there are no calls."""
    new_rubric = _rubric(settings, new, sources)
    old_rubric = _rubric(settings, against or new_rubric.id, sources)
    if _same_file(settings, new, against or new_rubric.id):
        raise BadInput(
            f"{new} 与它自己比较没有意义",
            hint="用 --against 给出旧表:文件、编号,或评过分的版本,例如 --against telesales-standard@1",
        )
    reviews = _reviews(settings, new_rubric.id, sources)
    test = BackTest(_plan(settings, old_rubric), _plan(settings, new_rubric), reviews=reviews)
    failures: Failures = []
    with ExitStack() as stack:
        bar = stack.enter_context(progress_bar())
        total, calls = _calls(settings, sources, failures, stack)
        task = bar.add_task("回测", total=total)
        for name, call in calls:
            test.add(call, name=name)
            bar.advance(task)
    report = test.report()
    if as_json:
        print_json(backtest_json(report))
    else:
        show_report(report)
    if not report.compared:
        note("没有可比较的通话:两张表都适用、已转写的一通也没有", style="yellow")
    if failures:
        notes().print(failure_table(failures))
    return 1 if failures else 0


def _reviews(settings: Settings, rubric: str, sources: Sources) -> Reviews:
    """What people decided: of stored calls the submitted reviews; a table adds to them and has the last word."""
    told = read_reviews(sources.reviews) if sources.reviews else {}
    if sources.files:
        return told
    with store(settings) as engine, reading(engine) as opened:
        return {**reviewed_verdicts(opened, rubric), **told}


def _rubric(settings: Settings, name: str, sources: Sources) -> Rubric:
    kept = KEPT.fullmatch(name)
    if kept and not Path(name).is_file():
        with store(settings) as engine, reading(engine) as opened:
            return kept_version(opened, kept["name"], int(kept["version"]))
    return known_forms(settings, extra=(sources.phrases,) if sources.phrases else ()).rubric(name)


def _same_file(settings: Settings, new: str, old: str) -> bool:
    if KEPT.fullmatch(new) or KEPT.fullmatch(old):
        return new == old
    forms = known_forms(settings)
    one, other = (None if forms.in_force(name) else forms.path(name).resolve() for name in (new, old))
    return new == old if one is None or other is None else one == other


def _plan(settings: Settings, rubric: Rubric) -> Plan:
    return compile_rubric(rubric, zone=settings.zone, code_version=code_version())


def _calls(
    settings: Settings, sources: Sources, failures: Failures, stack: ExitStack
) -> tuple[int, Iterator[tuple[str, Call]]]:
    if not sources.files:
        engine = stack.enter_context(store(settings))
        with reading(engine) as opened:
            total = count_stored(opened, sources.wanted)
        return total, stored_calls(engine, sources.wanted)
    paths = list(_transcripts(sources.files))
    reader = CallReader(settings, facts=FactsTable(settings.zone))
    read = each(paths, reader.read_transcript, failures)
    return len(paths), ((str(call.call_id), call) for _, call in read)


def _transcripts(paths: Sequence[Path]) -> Iterator[Path]:
    """Files as they are named; of a folder the transcripts in it and below."""
    for path in paths:
        if path.is_dir():
            yield from sorted(path.rglob("*transcript*.json")) or sorted(path.rglob("*.json"))
        else:
            yield path
