"""Opens recordings, and nothing else: an allow-list of formats, no file or network access but the given bytes.

ffmpeg follows playlists and references (HLS, concat, DASH) to other files and addresses. So it gets an open file
instead of a name, a list of demuxers that it may use, and no protocol at all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import av
import av.error
from av.container import InputContainer

from qa_engine.errors import NotFound, Where
from qa_engine.speech.errors import EmptyAudio, NotAudio, TruncatedAudio

ACCEPTED_FORMATS: Final = (
    "wav", "w64", "aiff", "au", "caf", "flac", "mp3", "ogg", "amr", "aac", "asf", "gsm",
    "mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm",
)  # fmt: skip
ACCEPTED_ZH: Final = "WAV(PCM/A-law/µ-law/ADPCM/GSM)、MP3、FLAC、Ogg/Opus、AMR、M4A/AAC、GSM、G.722、WebM"

# Formats without any header, as Asterisk and others write them: only the suffix says what they are.
RAW_FORMATS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    ".alaw": ("alaw", {"sample_rate": "8000"}),
    ".al": ("alaw", {"sample_rate": "8000"}),
    ".ulaw": ("mulaw", {"sample_rate": "8000"}),
    ".ul": ("mulaw", {"sample_rate": "8000"}),
    ".pcmu": ("mulaw", {"sample_rate": "8000"}),
    ".pcma": ("alaw", {"sample_rate": "8000"}),
    ".sln": ("s16le", {"sample_rate": "8000"}),
    ".sln16": ("s16le", {"sample_rate": "16000"}),
    ".gsm": ("gsm", {}),
    ".g722": ("g722", {}),
    ".g729": ("g729", {}),
}

RECORDING_SUFFIXES: Final = frozenset(
    [
        *(".wav", ".mp3", ".opus", ".ogg", ".oga", ".flac", ".m4a", ".mp4", ".aac", ".amr", ".3gp", ".wma"),
        *(".webm", ".au", ".aiff", ".aif", ".w64", ".caf", ".mka", *RAW_FORMATS),
    ]
)
"""What is taken for a recording where a folder is searched; a file that is named may be called anything."""

# Longest stretch that a header may promise too much: writers that round to their block size.
_HEADER_SLACK_S: Final = 0.1
# Sizes that recorders write when they do not know the length (streams): 0, 0x7FFFF… and 0xFFFF….
_UNKNOWN_SIZE: Final = 0x7FFF_0000
_OGG_TAIL_BYTES: Final = 65_307 * 2


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """The demuxer of a recording. Raises NotFound, EmptyAudio, NotAudio, TruncatedAudio."""
    where = Where(path.name)
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotFound("读不到录音文件", hint="请检查路径和读取权限", where=where) from error
    with file:
        head = file.read(12)
        if not head:
            raise EmptyAudio("文件是空的(0 字节)", hint="请从录音系统重新导出这通录音", where=where)
        check_whole(file, path)
        file.seek(0)
        with _opened(file, path, head) as container:
            yield container


@contextmanager
def _opened(file: BinaryIO, path: Path, head: bytes) -> Iterator[InputContainer]:
    where = Where(path.name)
    raw_format, raw_options = RAW_FORMATS.get(path.suffix.lower(), (None, {}))
    allowed = ",".join((*ACCEPTED_FORMATS, raw_format) if raw_format else ACCEPTED_FORMATS)
    try:
        container = av.open(
            file,
            "r",
            format=None if head[:4] == b"RIFF" else raw_format,
            options={"format_whitelist": allowed, "protocol_whitelist": "none"},
            container_options=raw_options,
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, ValueError) as error:
        if head[4:8] == b"ftyp":
            raise TruncatedAudio(
                "文件不完整:缺少末尾的索引(moov)", hint="请重新导出或重新传输这通录音", where=where
            ) from error
        raise NotAudio(
            "内容不是可识别的录音",
            hint=f"请提供以下格式之一:{ACCEPTED_ZH};只改扩展名不会改变格式",
            where=where,
        ) from error
    with container:
        if not container.streams.audio:
            raise NotAudio("文件里没有音频", hint=f"请提供以下格式之一:{ACCEPTED_ZH}", where=where)
        yield container


def check_whole(file: BinaryIO, path: Path) -> None:
    """Compares what the header promises with what is there, where ffmpeg would silently take the rest as all.

    Raises TruncatedAudio naming the seconds or bytes found and expected."""
    file.seek(0)
    magic = file.read(4)
    if magic == b"RIFF":
        _check_wav(file, path)
    elif magic == b"OggS":
        _check_ogg(file, path)


def _check_wav(file: BinaryIO, path: Path) -> None:
    size = file.seek(0, 2)
    position, bytes_per_s = 12, 0
    while position + 8 <= size:
        file.seek(position)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"fmt " and position + 20 <= size:
            bytes_per_s = int(struct.unpack("<I", file.read(12)[8:])[0])
        if name == b"data":
            found = size - position - 8
            missing = length - found
            if 0 < length < _UNKNOWN_SIZE and bytes_per_s and missing > _HEADER_SLACK_S * bytes_per_s:
                raise truncated(path, found / bytes_per_s, length / bytes_per_s)
            return
        position += 8 + length + (length & 1)


def _check_ogg(file: BinaryIO, path: Path) -> None:
    size = file.seek(0, 2)
    start = max(0, size - _OGG_TAIL_BYTES)
    file.seek(start)
    tail = file.read()
    last = tail.rfind(b"OggS")
    page = tail[last:]
    lacing = page[27 : 27 + page[26]] if len(page) > 26 else b""
    expected = 27 + len(lacing) + sum(lacing)
    if len(page) <= 26 or len(lacing) < page[26] or len(page) < expected:
        raise TruncatedAudio(
            f"文件不完整:最后一个 Ogg 页只有 {len(page)} 字节,应有至少 {max(expected, 27)} 字节",
            hint="请重新导出或重新传输这通录音",
            where=Where(path.name),
        )


def truncated(path: Path, found_s: float, expected_s: float) -> TruncatedAudio:
    """The error for a file that is shorter than its header says."""
    return TruncatedAudio(
        f"文件不完整:文件头说有 {expected_s:.1f} 秒,实际只有 {found_s:.1f} 秒",
        hint="请重新导出或重新传输这通录音;确认上传没有中断",
        where=Where(path.name),
    )
