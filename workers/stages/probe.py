"""Decodes the recording once: what it is, its waveform, and a copy for browsers that cannot play it."""

from __future__ import annotations

from sqlmodel import Session

from models.call import get_call
from models.database import reading
from models.ingest import limits
from models.job_lease import Claim
from models.recording import get_recording, pack_peaks
from models.stage_job import IMPORTED, NewJob, Stage
from qa_engine.speech.media import decode, playback_copy
from qa_engine.speech.peaks import peaks
from workers.stages.base import Outcome
from workers.tools import Tools

PEAKS_PER_S = 20


def run(tools: Tools, job: Claim) -> Outcome:
    """Raises BadMedia kinds: the recording cannot be used."""
    with reading(tools.engine) as opened:
        recording = get_recording(opened, job.call_id)
    assert recording.audio_key is not None, "probe is asked for recordings only"
    with tools.storage.local_copy(recording.audio_key) as path:
        audio = decode(path, limits(tools.settings))
    info = audio.info
    playable = playback_copy(audio, info.codec)
    playback_key = playback_mime = None
    if playable is not None:
        data, playback_mime = playable
        playback_key = f"playback/{str(recording.audio_sha256)[:2]}/{recording.audio_sha256}.ogg"
        tools.storage.put(playback_key, data)
    waveform = pack_peaks(peaks(audio, PEAKS_PER_S))

    def save(opened: Session) -> None:
        row = get_recording(opened, job.call_id)
        row.codec, row.container = info.codec, info.container
        row.sample_rate_hz, row.channels, row.duration_s = info.sample_rate_hz, info.channels, info.duration_s
        row.playback_key, row.playback_mime = playback_key, playback_mime
        row.peaks_per_s, row.peaks = PEAKS_PER_S, waveform
        call = get_call(opened, job.call_id)
        call.duration_s = info.duration_s
        opened.add_all((row, call))

    engine_ver = IMPORTED if recording.transcript_key else tools.recognizer_version
    return Outcome(save, (NewJob(job.call_id, Stage.TRANSCRIBE, job.input_sha, engine_ver),))
