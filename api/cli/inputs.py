"""Files named on the command line → calls: transcripts are read, recordings are transcribed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from api.cli.facts import FactsTable
from api.errors import as_callqa_error
from models.ingest import limits
from models.settings import Settings
from qa_engine.calls import NO_FACTS, Call, CallFacts, CallId
from qa_engine.errors import BadInput, CallQAError, NotFound, Where
from qa_engine.speech.engines import Recognizer, load_recognizer
from qa_engine.speech.imports import looks_like_transcript, read_transcript
from qa_engine.speech.media import decode
from qa_engine.speech.roles import checked_roles, trusts_channels
from qa_engine.speech.transcribe import transcribe

MAX_TRANSCRIPT_BYTES = 64_000_000
Failures = list[tuple[str, CallQAError]]


class CallReader:
    """Reads calls one after another; the recogniser is loaded for the first recording and kept."""

    def __init__(
        self,
        settings: Settings,
        *,
        model: str | None = None,
        agent_channel: int | None = None,
        facts: FactsTable | None = None,
    ) -> None:
        self._settings = settings
        self._model = model or settings.whisper_model
        self._agent_channel = agent_channel
        self._facts = facts or FactsTable(settings.zone)

    @cached_property
    def recognizer(self) -> Recognizer:
        """What transcribes. Raises `BadSettings`, `HubUnreachable`."""
        settings = self._settings
        return load_recognizer(
            self._model,
            device=settings.whisper_device,
            compute_type=settings.whisper_compute_type,
            threads=settings.whisper_threads,
            hub_timeout_s=settings.hub_timeout_s,
        )

    def read(self, path: Path) -> Call:
        """The call in a file, transcript or recording. Raises a `CallQAError` that names the file."""
        if not path.is_file():
            raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
        return self.read_transcript(path) if looks_like_json(path) else self.transcribe(path)

    def read_transcript(self, path: Path) -> Call:
        """The call in a transcript of any known format. Raises `BadTranscript`."""
        if path.stat().st_size > MAX_TRANSCRIPT_BYTES:
            limit_mb = MAX_TRANSCRIPT_BYTES // 1_000_000
            raise BadInput(
                f"文字稿超过 {limit_mb} MB", hint="请确认这是一通电话的文字稿", where=Where(str(path))
            )
        call = read_transcript(path.read_bytes(), file=str(path), agent_channel=self._agent_channel)
        trusted = trusts_channels(call.facts.extra)
        return replace(call, transcript=checked_roles(call.transcript, trusted=trusted))

    def transcribe(self, path: Path) -> Call:
        """The call in a recording. Raises BadMedia kinds, `NotFound`, and `BadSettings` for a missing model."""
        recognizer = self.recognizer  # a missing model is said before time goes into decoding
        row = self._facts.of(path)
        channel = self._agent_channel
        if channel is None and row:
            channel = row.agent_channel
        try:
            heard = transcribe(
                decode(path, limits(self._settings)),
                recognizer,
                call_id=CallId((row and row.call_id) or path.stem),
                agent_channel=channel,
                trust_channels=trusts_channels(row.facts.extra if row else NO_FACTS),
            )
        except CallQAError as error:
            error.where = error.where or Where(str(path))
            raise
        return Call(heard.transcript, row.facts if row else CallFacts(), heard.signals)


def looks_like_json(path: Path) -> bool:
    """Whether a file is meant as a transcript: named `.json`, or starting with an opening brace."""
    with path.open("rb") as file:
        head = file.read(400)
    return path.suffix.lower() == ".json" or looks_like_transcript(head)


def each(
    paths: Sequence[Path], read: Callable[[Path], Call], failures: Failures
) -> Iterator[tuple[Path, Call]]:
    """The calls that can be read, one by one; the others go to `failures`, and the batch goes on."""
    for path in paths:
        try:
            call = read(path)
        except (CallQAError, OSError) as error:
            failures.append((str(path), as_callqa_error(error) or unreadable(error, path)))
            continue
        yield path, call


def unreadable(error: BaseException, path: Path) -> CallQAError:
    """The error of a file that the operating system does not give out."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return BadInput(f"文件无法读取:{reason}", hint="请检查路径和读取权限", where=Where(str(path)))
