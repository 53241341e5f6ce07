"""What can be wrong with a recording, each fault under its own name."""

from __future__ import annotations

from qa_engine.errors import BadInput


class BadMedia(BadInput):
    """A recording that cannot be used as it is."""

    code = "bad_media"


class NotAudio(BadMedia):
    """The bytes are no recording in a format that is accepted."""

    code = "not_audio"


class EmptyAudio(BadMedia):
    """A file without a byte, or a container without a sample."""

    code = "empty_audio"


class TruncatedAudio(BadMedia):
    """The file ends before the end that its header promises, or its last block does not decode."""

    code = "truncated_audio"


class TooShort(BadMedia):
    """Shorter than anything that could be a conversation."""

    code = "audio_too_short"


class TooLong(BadMedia):
    """Longer after decoding than the limit, or decoding takes longer than the limit."""

    code = "audio_too_long"


class TooManyChannels(BadMedia):
    """More channels than an agent and a customer need."""

    code = "too_many_channels"


class BadSampleRate(BadMedia):
    """A sample rate outside of what telephony and recorders use."""

    code = "bad_sample_rate"


class NoSpeech(BadMedia):
    """A sound recording in which nobody speaks."""

    code = "no_speech"
