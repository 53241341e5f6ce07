"""Any common telephone recording is decoded to the same sound; what cannot be is refused by name, with a next step."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest

from qa_engine.errors import NotFound
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Limits
from qa_engine.speech.errors import BadMedia
from qa_engine.speech.media import decode, probe
from tests import gsm
from tests.sound import wav

FORMATS = [
    # suffix, container, codec, rate
    (".wav", "wav", "pcm_s16le", 8000),
    (".wav", "wav", "pcm_alaw", 8000),
    (".wav", "wav", "pcm_mulaw", 8000),
    (".wav", "wav", "adpcm_ima_wav", 8000),
    (".wav", "wav", "adpcm_ms", 8000),
    (".mp3", "mp3", "libmp3lame", 16000),
    (".flac", "flac", "flac", 8000),
    (".ogg", "ogg", "libopus", 16000),
    (".mka", "matroska", "libopus", 16000),
    (".m4a", "ipod", "aac", 16000),
    (".webm", "webm", "libopus", 48000),
    *((".wav", "wav", "pcm_s16le", rate_hz) for rate_hz in (11025, 16000, 22050, 32000, 44100, 48000)),
    (".wav", "wav", "pcm_u8", 8000),
    (".wav", "wav", "pcm_s24le", 8000),
    (".wav", "wav", "pcm_f32le", 16000),
    (".wav", "wav", "adpcm_yamaha", 8000),
    (".mp3", "mp3", "libmp3lame", 11025),
    (".mp3", "mp3", "libmp3lame", 44100),
    (".m4a", "ipod", "alac", 44100),
    (".aac", "adts", "aac", 22050),
    (".wma", "asf", "wmav2", 22050),
    (".au", "au", "pcm_mulaw", 8000),
    (".aiff", "aiff", "pcm_s16be", 22050),
    (".w64", "w64", "pcm_s16le", 8000),
    (".caf", "caf", "pcm_s16be", 11025),
    (".flac", "flac", "flac", 44100),
]


def encode(
    path: Path, container: str, codec: str, rate_hz: int, *, channels: int = 2, seconds: float = 3.0
) -> None:
    """A tone of 300 Hz on the left and 600 Hz on the right."""
    moments = np.arange(int(seconds * rate_hz)) / rate_hz
    lanes = np.stack([0.3 * np.sin(2 * np.pi * 300 * (lane + 1) * moments) for lane in range(channels)])
    layout = "stereo" if channels == 2 else "mono"
    with av.open(str(path), "w", format=container) as target:
        stream = target.add_stream(codec, rate=rate_hz, layout=layout)
        if codec == "wmav2":  # the one that wants to be told
            stream.bit_rate = 64_000
        packed = np.ascontiguousarray((lanes * 32767).astype("<i2").T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(
            format=stream.format, layout=layout, rate=rate_hz, frame_size=stream.frame_size
        )
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            target.mux(stream.encode(piece))
        target.mux(stream.encode(None))


def strongest_hz(samples: np.ndarray) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    return float(spectrum.argmax() * SAMPLE_RATE_HZ / len(middle))


@pytest.mark.parametrize(
    ("suffix", "container", "codec", "rate_hz"), FORMATS, ids=[f"{c}-{k}-{r}" for _, c, k, r in FORMATS]
)
def test_each_format_gives_both_channels_at_16_khz(
    tmp_path: Path, suffix: str, container: str, codec: str, rate_hz: int
) -> None:
    path = tmp_path / f"call{suffix}"
    encode(path, container, codec, rate_hz)
    audio = decode(path)
    assert audio.samples.shape[0] == 2
    assert audio.samples.dtype == np.float32
    assert audio.duration_s == pytest.approx(3.0, abs=0.15)
    assert [strongest_hz(channel) for channel in audio.samples] == pytest.approx([300, 600], abs=8)


RAW = [
    (".alaw", "alaw", "pcm_alaw", 8000),
    (".ulaw", "mulaw", "pcm_mulaw", 8000),
    (".sln", "s16le", "pcm_s16le", 8000),
    (".sln16", "s16le", "pcm_s16le", 16000),
    (".g722", "g722", "g722", 16000),
]


@pytest.mark.parametrize(("suffix", "container", "codec", "rate_hz"), RAW, ids=[row[0] for row in RAW])
def test_formats_without_a_header_are_known_by_their_names(
    tmp_path: Path, suffix: str, container: str, codec: str, rate_hz: int
) -> None:
    path = tmp_path / f"call{suffix}"
    encode(path, container, codec, rate_hz, channels=1)
    audio = decode(path)
    assert audio.duration_s == pytest.approx(3.0, abs=0.05)
    assert strongest_hz(audio.samples[0]) == pytest.approx(300, abs=8)


@pytest.mark.parametrize(
    ("name", "data", "codec"),
    [("call.gsm", gsm.raw(3.0, 400), "gsm"), ("call.wav", gsm.wav49(3.0, 400), "gsm_ms")],
)
def test_gsm(tmp_path: Path, name: str, data: bytes, codec: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    audio = decode(path)
    assert audio.info.codec == codec
    assert audio.info.sample_rate_hz == 8000
    assert audio.duration_s == pytest.approx(3.0, abs=0.05)
    assert strongest_hz(audio.samples[0]) == pytest.approx(400, abs=8)
    assert 0.01 < float(np.abs(audio.samples).max()) < 1
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes(data[: len(data) // 2 + 7])
    if name.endswith(".wav"):
        with pytest.raises(BadMedia, match="文件不完整"):
            decode(cut)


def test_mono_stays_mono(tmp_path: Path) -> None:
    path = tmp_path / "mono.wav"
    path.write_bytes(wav(2.0, channels=1))
    assert decode(path).samples.shape == (1, 2 * SAMPLE_RATE_HZ)


def test_probe_tells_length_and_layout_without_decoding(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(2.0))
    info = probe(path)
    assert (info.codec, info.channels, info.sample_rate_hz, info.duration_s) == ("pcm_s16le", 2, 8000, 2.0)


def _cut(path: Path) -> None:
    whole = wav(5.0)
    path.write_bytes(whole[: len(whole) // 2])


def _hours_of_silence(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        for _ in range(20):
            file.writeframes(b"\x80" * 8000 * 10)


BAD = [
    ("text.wav", lambda path: path.write_text("这不是录音"), "not_audio"),
    ("empty.wav", lambda path: path.write_bytes(b""), "empty_audio"),
    ("header.wav", lambda path: path.write_bytes(wav(0.0)), "empty_audio"),
    ("short.wav", lambda path: path.write_bytes(wav(0.2)), "audio_too_short"),
    ("eight.wav", lambda path: path.write_bytes(wav(1.0, channels=8)), "too_many_channels"),
    ("fast.wav", lambda path: path.write_bytes(wav(1.0, rate_hz=192_000)), "bad_sample_rate"),
    ("slow.wav", lambda path: path.write_bytes(wav(1.0, rate_hz=1_000)), "bad_sample_rate"),
    ("cut.wav", _cut, "truncated_audio"),
    ("long.wav", _hours_of_silence, "audio_too_long"),
]


@pytest.mark.parametrize(("name", "write", "code"), BAD, ids=[row[0] for row in BAD])
def test_what_cannot_be_used_is_refused_by_name_with_a_next_step(
    tmp_path: Path, name: str, write, code: str
) -> None:
    path = tmp_path / name
    write(path)
    with pytest.raises(BadMedia) as raised:
        decode(path, Limits(max_decoded_s=60))
    assert raised.value.code == code
    assert raised.value.hint
    assert name in str(raised.value.where)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        decode(tmp_path / "gone.wav")


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(2.0))
    playlist = tmp_path / "list.wav"
    playlist.write_text(f"#EXTM3U\n#EXTINF:2,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(BadMedia) as raised:
        decode(playlist)
    assert raised.value.code == "not_audio"


def test_a_wrong_suffix_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "call.mp3"
    path.write_bytes(wav(2.0))
    assert decode(path).duration_s == 2.0


def test_progress_is_told_about_once_a_minute(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(150.0, channels=1))
    seen: list[tuple[float, float]] = []
    decode(path, on_progress=lambda done_s, total_s: seen.append((round(done_s), total_s)))
    assert [done_s for done_s, _ in seen] == pytest.approx([60, 120], abs=2)
    assert {total_s for _, total_s in seen} == {150.0}


def test_the_sample_recordings_are_what_their_transcripts_say() -> None:
    path = Path(__file__).parents[3] / "fixtures/calls/ins-001/audio.opus"
    audio = decode(path)
    assert (audio.info.codec, audio.info.channels) == ("opus", 2)


def test_amr_narrow_band(tmp_path: Path) -> None:
    path = tmp_path / "call.amr"
    encode(path, "amr", "libopencore_amrnb", 8000, channels=1)
    audio = decode(path)
    assert audio.duration_s == pytest.approx(3.0, abs=0.15)
    assert strongest_hz(audio.samples[0]) == pytest.approx(300, abs=8)
