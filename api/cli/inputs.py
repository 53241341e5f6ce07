"""Files named on the command line → calls: transcripts are read, recordings are transcribed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType

from api.cli.facts import FactsTable
from api.errors import as_callqa_error
from models.hot_words import load_hot_words
from models.ingest import limits
from models.manifest import CustomerFile
from models.recognizer import open_recognizer
from models.settings import Settings
from qa_engine.calls import Call, CallFacts, CallId
from qa_engine.errors import BadInput, CallQAError, NotFound, Where
from qa_engine.speech.audio import Audio
from qa_engine.speech.batch import Asked, Ended, transcribe_many
from qa_engine.speech.engines import Recognizer
from qa_engine.speech.imports import looks_like_transcript, read_transcript
from qa_engine.speech.media import decode
from qa_engine.speech.roles import checked_roles, trusts_channels
from qa_engine.speech.transcribe import Recording
from qa_engine.speech.two_files import AGENT_CHANNEL, decode_sides

MAX_TRANSCRIPT_BYTES = 64_000_000
NO_CUSTOMERS: Mapping[Path, CustomerFile] = MappingProxyType({})
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
        customers: Mapping[Path, CustomerFile] = NO_CUSTOMERS,
        form: str | None = None,
        agent_speaker: str | None = None,
    ) -> None:
        """`customers`: the other side of calls that are two files, by the agent's file; `form` and `agent_speaker`: how
        transcripts are read (`read_transcript`). Raises `BadHotWords`, once and with its lines."""
        self._settings = settings
        self._model = model or settings.whisper_model
        self._agent_channel = agent_channel
        self._facts = facts or FactsTable(settings.zone)
        self._customers = customers
        self._hot_words = load_hot_words(settings)
        self._form, self._agent_speaker = form, agent_speaker

    @cached_property
    def recognizer(self) -> Recognizer:
        """What transcribes. Raises `BadSettings`, `HubUnreachable`."""
        settings = self._settings
        return open_recognizer(settings, self._model)

    def read(self, path: Path) -> Call:
        """The call in a file, transcript or recording. Raises a `CallQAError` that names the file."""
        if not path.is_file():
            raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
        is_transcript = self._form is not None or looks_like_json(path)
        return self.read_transcript(path) if is_transcript else self.transcribe(path)

    def read_transcript(self, path: Path) -> Call:
        """The call in a transcript of any known format. Raises `BadTranscript`."""
        if path.stat().st_size > MAX_TRANSCRIPT_BYTES:
            limit_mb = MAX_TRANSCRIPT_BYTES // 1_000_000
            raise BadInput(
                f"文字稿超过 {limit_mb} MB", hint="请确认这是一通电话的文字稿", where=Where(str(path))
            )
        call = read_transcript(
            path.read_bytes(),
            file=str(path),
            form=self._form,
            agent_speaker=self._agent_speaker,
            agent_channel=self._agent_channel,
        )
        trusted = trusts_channels(call.facts.extra)
        return replace(call, transcript=checked_roles(call.transcript, trusted=trusted))

    def transcribe(self, path: Path) -> Call:
        """The call in a recording. Raises BadMedia kinds, `NotFound`, and `BadSettings` for a missing model."""
        self.recognizer  # noqa: B018 (a missing model is said before time goes into decoding)
        (ended,) = transcribe_many([Asked(path, partial(self._open, path))], self.recognizer)
        return self._call(ended)

    def transcribe_all(self, paths: Sequence[Path], failures: Failures) -> Iterator[tuple[Path, Call]]:
        """The calls in recordings, several in the recogniser at a time; those that fail go to `failures`."""
        queue = (Asked(path, partial(self._open, path)) for path in paths)
        for ended in transcribe_many(queue, self.recognizer, threads=os.cpu_count() or 1):
            yield from each([ended.key], partial(self._made, ended), failures)

    def _made(self, ended: Ended[Path], _path: Path) -> Call:
        return self._call(ended)

    def _call(self, ended: Ended[Path]) -> Call:
        error = ended.error
        if isinstance(error, CallQAError):
            error.where = error.where or Where(str(ended.key))
        if ended.made is None:
            raise error or AssertionError("a call is made or fails")
        row = self._facts.of(ended.key)
        return Call(ended.made.transcript, row.facts if row else CallFacts(), ended.made.signals)

    def _open(self, path: Path) -> Recording:
        """The sound of a call, from one recording or from one a side, and what is known of it beforehand."""
        row = self._facts.of(path)
        customer = self._customers.get(path) or (row.customer if row else None)
        channel = self._agent_channel
        if customer:
            channel = AGENT_CHANNEL
        elif channel is None and row:
            channel = row.agent_channel
        audio = self._sides(path, customer) if customer else decode(path, limits(self._settings))
        facts = row.facts if row else CallFacts()
        return Recording(
            audio,
            CallId((row and row.call_id) or path.stem),
            channel,
            trust_channels=trusts_channels(facts.extra),
            hot_words=tuple(self._hot_words.for_call(facts.campaign, facts.agent_name)),
        )

    def _sides(self, agent: Path, customer: CustomerFile) -> Audio:
        """The sound of two recordings, one a side."""
        for path in (agent, customer.path):
            if not path.is_file():
                raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
        return decode_sides(agent, customer.path, limits(self._settings), customer_offset_s=customer.offset_s)


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
