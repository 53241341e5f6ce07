"""The transcription endpoint of the settings."""

from __future__ import annotations

from models.settings import Settings
from qa_engine.speech.engines.openai_compatible import Endpoint


def asr_endpoint(settings: Settings) -> Endpoint | None:
    """Where `openai:…` models are; None where none is set up."""
    if not settings.asr_url:
        return None
    key = settings.asr_key.get_secret_value() if settings.asr_key else ""
    return Endpoint(settings.asr_url, key, settings.asr_timeout_s)
