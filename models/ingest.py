"""Takes recordings and transcripts in: durable before the receipt is given, the same thing twice is one call."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePath
from typing import BinaryIO

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.agent import note_people
from models.call import CallRow, new_call_id
from models.columns import utc_now
from models.database import lock_names, session
from models.recording import RecordingRow
from models.settings import Settings
from models.stage_job import IMPORTED, NewJob, Stage, enqueue
from models.storage import Incoming, Storage, TooBig
from qa_engine.calls import CallFacts
from qa_engine.errors import BadInput, Conflict, NotFound, Where
from qa_engine.exchange import parse_call
from qa_engine.speech.errors import BadMedia, EmptyAudio
from qa_engine.speech.imports import as_document
from qa_engine.speech.media import Limits, probe

PROBE_VERSION = "probe/1"
MAX_TRANSCRIPT_BYTES = 32_000_000
UPLOAD = "upload"
NO_CALL_FACTS = CallFacts()


class OtherContent(Conflict):
    """The external id is already taken by a call with other content."""

    code = "other_content"


@dataclass(frozen=True, slots=True)
class Handed:
    """What comes with a file. `source` names the system that gives the ids (a dialer, a folder); `external_id`
    is the call's id there; `agent_channel` the 0-based channel of the agent, None = decide while transcribing. `form` and
    `agent_speaker` say how a transcript that comes along is read (`read_transcript`)."""

    facts: CallFacts = NO_CALL_FACTS
    source: str = UPLOAD
    external_id: str | None = None
    filename: str = ""
    agent_channel: int | None = None
    form: str | None = None
    agent_speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of acceptance: the call will be scored, or end with a reason. `created` is False for a repetition."""

    call_id: str
    sha256: str
    created: bool
    state: str


def limits(settings: Settings) -> Limits:
    """The limits within which recordings are decoded."""
    return Limits(max_decoded_s=settings.max_decoded_s)


def _clean(text: str | None, longest: int) -> str | None:
    """Text as both databases can hold it: PostgreSQL refuses NUL."""
    if text is None:
        return None
    return text.replace("\0", "").strip()[:longest] or None


def _checked_id(external_id: str | None) -> str | None:
    clean = _clean(external_id, 201)
    if clean is not None and len(clean) > 200:
        raise BadInput("通话编号超过 200 个字符", hint="请使用拨号系统的原始编号")
    return clean


def _clean_facts(facts: CallFacts) -> CallFacts:
    return replace(
        facts,
        agent_id=_clean(facts.agent_id, 100),
        agent_name=_clean(facts.agent_name, 200),
        team_id=_clean(facts.team_id, 100),
        campaign=_clean(facts.campaign, 200),
        direction=_clean(facts.direction, 50),
        disposition=_clean(facts.disposition, 200),
        customer_id=_clean(facts.customer_id, 200),
        extra={
            key.replace("\0", ""): value.replace("\0", "") if isinstance(value, str) else value
            for key, value in facts.extra.items()
        },
    )


def _day(started_at: datetime | None, settings: Settings) -> date:
    return (started_at or utc_now()).astimezone(settings.zone).date()


def suffix_of(filename: str) -> str:
    """The ending of a file's name where it is one of a format's; "" otherwise."""
    suffix = PurePath(filename).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix) else ""


def _known(opened: Session, handed: Handed, sha256: str) -> CallRow | None:
    """The call that this is a repetition of. Raises `OtherContent`."""
    if handed.external_id is None:
        oldest_first = select(CallRow).where(CallRow.sha256 == sha256).order_by(col(CallRow.created_at))
        return opened.exec(oldest_first.limit(1)).one_or_none()
    row = opened.exec(
        select(CallRow).where(CallRow.source == handed.source, CallRow.external_id == handed.external_id)
    ).one_or_none()
    if row is not None and row.sha256 != sha256:
        raise OtherContent(
            f"编号 {handed.external_id} 已对应另一份内容",
            hint="同一编号只能对应一份录音;请核对编号,或为新录音使用新编号",
        )
    return row


def known_receipt(opened: Session, handed: Handed, sha256: str) -> Receipt | None:
    """The receipt that this content has had before, None where it is new. Raises `OtherContent`."""
    known = _known(opened, handed, sha256)
    return Receipt(known.id, known.sha256, created=False, state=known.state) if known else None


def _new_call(handed: Handed, sha256: str, settings: Settings) -> CallRow:
    facts = handed.facts
    return CallRow(
        id=new_call_id(),
        source=handed.source,
        external_id=handed.external_id,
        sha256=sha256,
        agent_id=facts.agent_id,
        team_id=facts.team_id,
        campaign=facts.campaign,
        direction=facts.direction,
        started_at=facts.started_at,
        disposition=facts.disposition,
        customer_id=facts.customer_id,
        extra=dict(facts.extra),
        agent_channel=handed.agent_channel,
        day=_day(facts.started_at, settings),
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    """Content that is safe in the storage. `sha256` is over all of it."""

    sha256: str
    audio_key: str | None = None
    audio_sha256: str | None = None
    audio_bytes: int | None = None
    transcript_key: str | None = None


def _register(opened: Session, settings: Settings, handed: Handed, stored: _Stored) -> Receipt:
    clean = replace(handed, external_id=_checked_id(handed.external_id), facts=_clean_facts(handed.facts))
    # On PostgreSQL two doors may hand in the same thing at once; the second waits here and finds the first.
    lock_names(opened, f"content:{stored.sha256}", f"id:{clean.source}:{clean.external_id}")
    known = known_receipt(opened, clean, stored.sha256)
    if known is not None:
        return known
    row = _new_call(clean, stored.sha256, settings)
    lock_names(opened, f"agent:{row.agent_id}", f"team:{row.team_id}")
    note_people(opened, clean.facts, row.day)
    opened.add(row)
    opened.flush()
    opened.add(
        RecordingRow(
            call_id=row.id,
            audio_key=stored.audio_key,
            audio_sha256=stored.audio_sha256,
            audio_bytes=stored.audio_bytes,
            filename=PurePath(handed.filename).name[:300],
            transcript_key=stored.transcript_key,
        )
    )
    opened.flush()
    first = (
        NewJob(row.id, Stage.PROBE, stored.sha256, PROBE_VERSION)
        if stored.audio_key
        else NewJob(row.id, Stage.TRANSCRIBE, stored.sha256, IMPORTED)
    )
    enqueue(opened, first)
    return Receipt(row.id, row.sha256, created=True, state=row.state)


def check_audio(incoming: Incoming, filename: str, settings: Settings) -> None:
    """What the header tells is refused at the door; what only decoding tells ends the call in the probe stage."""
    name = PurePath(filename).name or None
    if incoming.size == 0:
        raise EmptyAudio("文件是空的(0 字节)", hint="请从录音系统重新导出这通录音", where=Where(name))
    try:
        probe(incoming.path, limits(settings))
    except BadMedia as error:
        error.where = Where(name)
        raise


def _store_transcript(storage: Storage, document: bytes) -> str:
    key = f"transcripts/{hashlib.sha256(document).hexdigest()}.json"
    storage.put(key, document)
    return key


def _as_document(transcript: bytes, handed: Handed, filename: str) -> bytes:
    return as_document(
        transcript,
        file=filename or None,
        form=handed.form,
        agent_speaker=handed.agent_speaker,
        agent_channel=handed.agent_channel,
    )


def _with_facts(handed: Handed, facts: CallFacts) -> Handed:
    """A transcript's own facts count where none are handed in beside it."""
    return replace(handed, facts=facts) if handed.facts == NO_CALL_FACTS else handed


def ingest_recording(
    opened: Session,
    storage: Storage,
    *,
    settings: Settings,
    handed: Handed,
    source_file: Path | None = None,
    stream: BinaryIO | None = None,
    transcript: bytes | None = None,
    identity: str | None = None,
) -> Receipt:
    """Stores a recording (from a file or a stream) and asks for its first stage, in the caller's transaction:
    the receipt holds once that is committed. With `transcript` (`callqa.transcript/1`) no recogniser is used.
    `identity` is the SHA-256 of what was handed in, where the recording was made from it.

    Raises BadMedia kinds, `BadTranscript`, `TooBig`, `OtherContent`, `StorageFull`; then no call is made."""
    filename = handed.filename or (source_file.name if source_file else "")
    try:
        source = source_file.open("rb") if source_file else stream
    except FileNotFoundError as error:
        raise NotFound("找不到文件", hint="请检查路径", where=Where(filename)) from error
    except OSError as error:
        raise BadInput(f"无法读取:{error.strerror}", hint="请检查权限", where=Where(filename)) from error
    assert source is not None, "a file or a stream"
    try:
        incoming = storage.receive(
            source, max_bytes=settings.max_upload_mb * 1_000_000, suffix=suffix_of(filename)
        )
    finally:
        if source_file:
            source.close()
    try:
        check_audio(incoming, filename, settings)
        sha256, transcript_key = identity or incoming.sha256, None
        if transcript is not None:
            transcript = _as_document(transcript, handed, filename)
            handed = _with_facts(handed, parse_call(transcript, file=filename or None).facts)
            transcript_key = _store_transcript(storage, transcript)
            sha256 = hashlib.sha256(f"{sha256}+{transcript_key}".encode()).hexdigest()
        audio_key = f"audio/{incoming.sha256[:2]}/{incoming.sha256}{suffix_of(filename)}"
        storage.keep(incoming, audio_key)
    finally:
        with suppress(FileNotFoundError):
            incoming.discard()
    stored = _Stored(sha256, audio_key, incoming.sha256, incoming.size, transcript_key)
    return _register(opened, settings, replace(handed, filename=filename), stored)


def ingest_transcript(
    opened: Session, storage: Storage, *, settings: Settings, handed: Handed, document: bytes
) -> Receipt:
    """Takes in a call that was transcribed elsewhere, without sound. Its own `call_id` and facts fill what
    `handed` leaves open. Raises `BadTranscript`, `TooBig`, `OtherContent`."""
    if len(document) > MAX_TRANSCRIPT_BYTES:
        raise TooBig(f"文字稿超过 {MAX_TRANSCRIPT_BYTES // 1_000_000} MB", hint="请按通话拆分")
    document = _as_document(document, handed, handed.filename)
    call = parse_call(document, file=handed.filename or None)
    key = _store_transcript(storage, document)
    whole = _with_facts(handed, call.facts)
    whole = replace(whole, external_id=whole.external_id or str(call.call_id))
    return _register(
        opened, settings, whole, _Stored(hashlib.sha256(document).hexdigest(), transcript_key=key)
    )


def receive_recording(
    engine: Engine,
    storage: Storage,
    *,
    settings: Settings,
    handed: Handed,
    source_file: Path | None = None,
    stream: BinaryIO | None = None,
    transcript: bytes | None = None,
) -> Receipt:
    """`ingest_recording` in a transaction of its own: durable when this returns."""
    with session(engine) as opened:
        return ingest_recording(
            opened,
            storage,
            settings=settings,
            handed=handed,
            source_file=source_file,
            stream=stream,
            transcript=transcript,
        )


def receive_transcript(
    engine: Engine, storage: Storage, *, settings: Settings, handed: Handed, document: bytes
) -> Receipt:
    """`ingest_transcript` in a transaction of its own: durable when this returns."""
    with session(engine) as opened:
        return ingest_transcript(opened, storage, settings=settings, handed=handed, document=document)


__all__ = [
    "Handed",
    "OtherContent",
    "Receipt",
    "check_audio",
    "ingest_recording",
    "ingest_transcript",
    "known_receipt",
    "limits",
    "receive_recording",
    "receive_transcript",
    "suffix_of",
]
