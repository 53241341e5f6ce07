"""Sound → transcript and acoustic signals: media → activity → engine → cleanup → turns and roles → signals."""

from __future__ import annotations

from qa_engine.speech.audio import Audio, Limits, MediaInfo
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.media import decode, playback_copy, probe
from qa_engine.speech.peaks import peaks
from qa_engine.speech.signals import measure
from qa_engine.speech.transcribe import Transcribed, transcribe, transcribe_file

__all__ = [
    "Audio",
    "Limits",
    "MediaInfo",
    "Transcribed",
    "decode",
    "load_recognizer",
    "measure",
    "peaks",
    "playback_copy",
    "probe",
    "transcribe",
    "transcribe_file",
]
