"""Takes in a call that was recorded as two files, one a side: kept as one recording of two channels."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import BinaryIO

from sqlalchemy import Engine

from models.database import session
from models.ingest import Handed, Receipt, check_audio, ingest_recording, known_receipt, limits, suffix_of
from models.settings import Settings
from models.storage import Incoming, Storage
from qa_engine.errors import BadInput, NotFound, Where
from qa_engine.speech.audio import Audio
from qa_engine.speech.two_files import AGENT_CHANNEL, decode_side, join_sides, write_flac


@dataclass(frozen=True, slots=True)
class Side:
    """One side's file as it arrives: its name, for errors and for formats without a header, and its bytes."""

    filename: str
    stream: BinaryIO


def receive_sides(
    engine: Engine,
    storage: Storage,
    *,
    settings: Settings,
    handed: Handed,
    agent: Side,
    customer: Side,
    customer_offset_s: float = 0.0,
    transcript: bytes | None = None,
) -> Receipt:
    """Joins both sides, agent on channel 0, and takes the result in as `ingest_recording` does; durable when this returns.

    The call's identity is that of the two files and the offset, so that the same files give the same receipt.
    `customer_offset_s`: see `join_sides`. Raises what `ingest_recording` raises, naming the file at fault."""
    handed = replace(
        handed, agent_channel=_channel(handed), filename=_joined_name(agent.filename, customer.filename)
    )
    with ExitStack() as stack:
        received = [_received(storage, settings, side, stack) for side in (agent, customer)]
        parts = "+".join(incoming.sha256 for incoming in received)
        identity = hashlib.sha256(f"sides:{parts}@{customer_offset_s:g}".encode()).hexdigest()
        with session(engine) as opened:
            known = known_receipt(opened, handed, identity) if transcript is None else None
        if known is not None:
            return known
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="callqa-"))
        joined = Path(folder) / "joined.flac"
        write_flac(_joined(received, (agent, customer), settings, customer_offset_s), joined)
        stream = stack.enter_context(joined.open("rb"))
        with session(engine) as opened:
            return ingest_recording(
                opened,
                storage,
                settings=settings,
                handed=handed,
                stream=stream,
                transcript=transcript,
                identity=identity,
            )


def _joined(
    received: Sequence[Incoming], sides: Sequence[Side], settings: Settings, customer_offset_s: float
) -> Audio:
    heard = [
        decode_side(incoming.path, limits(settings), name=side.filename)
        for incoming, side in zip(received, sides, strict=True)
    ]
    return join_sides(*heard, customer_offset_s=customer_offset_s, limits=limits(settings))


def open_side(path: Path, stack: ExitStack) -> Side:
    """A file on disk. Raises `NotFound`, `BadInput`."""
    where = Where(str(path))
    try:
        return Side(path.name, stack.enter_context(path.open("rb")))
    except FileNotFoundError as error:
        raise NotFound("找不到文件", hint="请检查路径", where=where) from error
    except OSError as error:
        raise BadInput(f"无法读取:{error.strerror}", hint="请检查权限", where=where) from error


def _received(storage: Storage, settings: Settings, side: Side, stack: ExitStack) -> Incoming:
    incoming = storage.receive(
        side.stream, max_bytes=settings.max_upload_mb * 1_000_000, suffix=suffix_of(side.filename)
    )
    stack.callback(incoming.discard)
    check_audio(incoming, side.filename, settings)
    return incoming


def _channel(handed: Handed) -> int:
    if handed.agent_channel not in {None, AGENT_CHANNEL}:
        raise BadInput(
            f"agent_channel 为 {handed.agent_channel},但这通电话的双方各有一个文件",
            hint="分轨录音不需要 agent_channel;若两个文件给反了,请对调",
        )
    return AGENT_CHANNEL


def _joined_name(agent: str, customer: str) -> str:
    return f"{PurePath(agent).stem[:140]} + {PurePath(customer).stem[:140]}.flac"
