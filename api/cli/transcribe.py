"""`callqa transcribe`: recordings → transcripts, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.text import Text

from api.cli.console import failure_table, note, notes, out, print_json, progress_bar
from api.cli.facts import FactsTable
from api.cli.inputs import NO_CUSTOMERS, CallReader, Failures
from api.cli.labels import ROLES, clock
from models.manifest import CustomerFile
from models.settings import Settings
from qa_engine.calls import Call
from qa_engine.exchange import transcript_json
from qa_engine.speech.engines.catalog import resolve_model


def transcribe_files(
    settings: Settings,
    paths: Sequence[Path],
    *,
    model: str | None = None,
    agent_channel: int | None = None,
    facts: Path | None = None,
    customers: Mapping[Path, CustomerFile] = NO_CUSTOMERS,
    as_json: bool = False,
) -> int:
    """Prints a transcript a recording; returns the exit code, 1 where a recording could not be transcribed."""
    reference = resolve_model(model or settings.whisper_model)
    if reference.notice_zh:
        note(reference.notice_zh, style="yellow")
    reader = CallReader(
        settings,
        model=model,
        agent_channel=agent_channel,
        facts=FactsTable(settings.zone, facts),
        customers=customers,
    )
    reader.recognizer  # noqa: B018 (a model that cannot be had is one error, not one a file)
    failures: Failures = []
    with progress_bar() as progress:
        task = progress.add_task("转写", total=len(paths))

        for _, call in reader.transcribe_all(paths, failures):
            progress.advance(task)
            if as_json:
                print_json(transcript_json(call.transcript, call.facts))
            else:
                show_transcript(call)
    if failures:
        notes().print(failure_table(failures))
    return 1 if failures else 0


def show_transcript(call: Call) -> None:
    """Who said what when, on stdout."""
    console = out()
    engine = call.transcript.engine
    console.print(Text(f"{call.call_id} · {engine.name} {engine.model}", style="bold"))
    for turn in call.transcript.turns:
        line = Text(f"{clock(turn.start_s):>6} ", style="dim")
        line.append(f"{ROLES[turn.role]}:", style="bold").append(turn.shown)
        console.print(line)
    console.print()
