"""The file that others hear of a clip: made once from the recording, and again where more is to be hidden."""

from __future__ import annotations

import threading

from sqlalchemy import Engine
from sqlmodel import Session

from models.access.narrow import whole_group
from models.database import reading
from models.database import session as writing
from models.library.edit import write_lines
from models.library.rows import ClipRow
from models.recording import RecordingRow
from models.storage import Storage
from models.transcript import canonical_sha256, get_transcript
from qa_engine.errors import CallQAError, NotFound
from qa_engine.library.masking import Masked, mask
from qa_engine.library.sound import as_wav, clip_sound
from qa_engine.speech.audio import Limits
from qa_engine.speech.media import decode

MADE_BY = 1
"""Part of the name of each file: raised where the sound of clips is made otherwise."""
_TURNS = threading.BoundedSemaphore(2)
"""A long recording is decoded as a whole, so that the tone falls where the words were recognised, to the sample."""


class ClipSilent(NotFound):
    """A clip whose sound cannot be had any more."""

    code = "clip_silent"


def clip_file(engine: Engine, storage: Storage, clip_id: int, limits: Limits) -> str:
    """The key of the clip's file, made now where it is missing or where what must be hidden has changed. Who may hear it has
    been asked already. Raises `ClipSilent`, `BadMedia` kinds, `StorageUnreachable`."""
    with whole_group():
        with reading(engine) as opened:
            clip, masked, source = _wanted(opened, clip_id)
            wanted = _name(clip, masked)
            if clip.sound_key is not None and clip.sound_of == wanted:
                return clip.sound_key
        if source is None:
            raise ClipSilent(
                "原录音已清除,这个片段没有按现在的范围和遮蔽留下声音",
                hint="文字和说明仍在;若刚改过范围,撤销修改可以恢复",
            )
        key = f"clips/{wanted[:2]}/{wanted}.wav"
        with _TURNS, storage.local_copy(source) as path:
            sound = decode(path, limits)
            cut = clip_sound(sound.samples, (clip.start_ms, clip.end_ms), masked.tones)
        storage.put(key, as_wav(cut))
        with writing(engine) as opened:
            row = opened.get(ClipRow, clip_id)
            if row is not None:
                write_lines(opened, row)
                row.sound_key, row.sound_of = key, wanted
                opened.add(row)
    return key


def try_clip_file(engine: Engine, storage: Storage, clip_id: int, limits: Limits) -> None:
    """Makes the file ahead of the first listener, so that it is there when the recording is purged; what goes wrong is told
    to whoever listens."""
    try:
        clip_file(engine, storage, clip_id, limits)
    except CallQAError:
        return


def _wanted(opened: Session, clip_id: int) -> tuple[ClipRow, Masked, str | None]:
    clip = opened.get(ClipRow, clip_id)
    if clip is None:
        raise NotFound(f"没有编号为 {clip_id} 的案例", hint="请从案例库里打开")
    transcript, _ = get_transcript(opened, clip.call_id)
    masked = mask(transcript, (clip.start_ms, clip.end_ms), marked=[(a, b) for a, b in clip.marked])
    recording = opened.get(RecordingRow, clip.call_id)
    return clip, masked, recording.audio_key if recording else None


def _name(clip: ClipRow, masked: Masked) -> str:
    parts = [MADE_BY, clip.call_id, clip.start_ms, clip.end_ms, [list(one) for one in masked.tones]]
    return canonical_sha256(parts)
