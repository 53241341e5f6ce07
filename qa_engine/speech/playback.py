"""A copy of a recording that every browser plays, where the original is in a telephone codec."""

from __future__ import annotations

import io
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream

from qa_engine.speech.audio import SAMPLE_RATE_HZ, Audio

# Codecs that Chrome, Firefox, Safari and Edge all play, each in the containers in which they do.
_PLAYABLE: Final[dict[str, frozenset[str]]] = {
    "pcm_s16le": frozenset({"wav"}),
    "pcm_u8": frozenset({"wav"}),
    "mp3": frozenset({"mp3"}),
    "aac": frozenset({"mov", "aac"}),
    "flac": frozenset({"flac"}),
    "opus": frozenset({"ogg", "matroska"}),
}
_BITS_PER_CHANNEL: Final = 24_000
_BLOCK: Final = SAMPLE_RATE_HZ * 10
MEDIA_TYPE: Final = "audio/ogg"


def playback_copy(audio: Audio, source_codec: str) -> tuple[bytes, str] | None:
    """(Opus in Ogg, media type) with the channels of the recording, or None where the original plays as it is.

    A-law, µ-law, GSM, AMR, ADPCM and G.722 do not play in browsers, nor do PCM or FLAC in unusual containers."""
    if audio.info.container in _PLAYABLE.get(source_codec, frozenset()):
        return None
    layout = "stereo" if audio.samples.shape[0] == 2 else "mono"
    target = io.BytesIO()
    with av.open(target, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout=layout)
        assert isinstance(stream, AudioStream)
        stream.bit_rate = _BITS_PER_CHANNEL * audio.samples.shape[0]
        for start in range(0, audio.samples.shape[1], _BLOCK):
            block = audio.samples[:, start : start + _BLOCK]
            packed = np.ascontiguousarray(block.T.reshape(1, -1))
            frame = AudioFrame.from_ndarray(packed, format="flt", layout=layout)
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue(), MEDIA_TYPE
