"""Transcripts that other services made, as calls: one file a format, found by what is in the file or asked for by name.

The formats are told apart by their keys, never by the file's name; `as_document` gives `callqa.transcript/1`, in which a
call is stored and scored whatever wrote it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from qa_engine.calls import Call
from qa_engine.errors import Where
from qa_engine.exchange import FORMAT, BadTranscript, parse_call, transcript_json
from qa_engine.speech.imports import alibaba, amazon, amazon_analytics, subtitles, tencent, whisperx
from qa_engine.speech.imports.base import Foreign, Node
from qa_engine.speech.imports.speakers import to_call

__all__ = ["FORMATS", "as_document", "looks_like_transcript", "read_transcript"]

OWN: Final = "callqa"
_BOM: Final = b"\xef\xbb\xbf"
_HEAD_BYTES: Final = 400


@dataclass(frozen=True, slots=True)
class _Json:
    detect: Callable[[object], bool]
    read: Callable[[Node], Foreign]


# Asked in this order: the surest sign first.
_JSON: Final[Mapping[str, _Json]] = {
    amazon_analytics.NAME: _Json(amazon_analytics.detect, amazon_analytics.read),
    amazon.NAME: _Json(amazon.detect, amazon.read),
    alibaba.NAME: _Json(alibaba.detect, alibaba.read),
    tencent.NAME: _Json(tencent.detect, tencent.read),
    whisperx.NAME: _Json(whisperx.detect, whisperx.read),
}
FORMATS: Final = (OWN, *_JSON, subtitles.SRT, subtitles.VTT)


def looks_like_transcript(head: bytes) -> bool:
    """Whether the first bytes are those of a transcript and not of a recording: JSON, WebVTT, or an SRT cue."""
    start = head.removeprefix(_BOM)[:_HEAD_BYTES].decode("utf-8", "ignore").lstrip()
    return start.startswith("{") or subtitles.looks_like_vtt(start) or subtitles.looks_like_srt(start)


def read_transcript(
    data: bytes,
    *,
    file: str | None = None,
    form: str | None = None,
    agent_speaker: str | None = None,
    agent_channel: int | None = None,
) -> Call:
    """The call in a transcript of any format in `FORMATS`. `form` names the format; None finds it out.

    `agent_speaker` is the label that the file has for the agent (`spk_0`, `SPEAKER_01`, `坐席`, a channel number), and
    `agent_channel` the agent's channel; where neither is given and the file has no roles, they are guessed from what is
    said and marked as a guess. A file without an id of its own gets its name. Raises BadTranscript naming the place."""
    if form is not None and form not in FORMATS:
        raise BadTranscript(f"没有名为 {form!r} 的文字稿格式", hint=f"可用:{'、'.join(FORMATS)}")
    bare = data.removeprefix(_BOM)
    foreign = _foreign(bare, file, form)
    if foreign is None:
        return parse_call(bare, file=file)
    stem = PurePath(file or "").stem[:200] or "transcript"
    return to_call(
        foreign,
        call_id=foreign.call_id or stem,
        agent_speaker=agent_speaker,
        agent_channel=agent_channel,
        file=file,
    )


def as_document(
    data: bytes,
    *,
    file: str | None = None,
    form: str | None = None,
    agent_speaker: str | None = None,
    agent_channel: int | None = None,
) -> bytes:
    """`read_transcript` as a `callqa.transcript/1` document; one that is such a document already stays as it is."""
    call = read_transcript(
        data, file=file, form=form, agent_speaker=agent_speaker, agent_channel=agent_channel
    )
    if form in {None, OWN} and _foreign(data.removeprefix(_BOM), file, form) is None:
        return data
    return json.dumps(transcript_json(call.transcript, call.facts), ensure_ascii=False).encode()


def _foreign(data: bytes, file: str | None, form: str | None) -> Foreign | None:  # noqa: PLR0911 (one way out a kind of file)
    """What another service wrote; None for a document of our own (and for what is none at all, to complain about)."""
    if form in {subtitles.SRT, subtitles.VTT} or (form is None and not data.lstrip().startswith(b"{")):
        text = _text(data, file)
        is_vtt = subtitles.looks_like_vtt(text.lstrip())
        if form is None and not is_vtt and not subtitles.looks_like_srt(text[:_HEAD_BYTES].lstrip()):
            return None
        return subtitles.read(text, file=file, maker="WebVTT" if is_vtt else "SRT")
    if form == OWN:
        return None
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        if form is None:
            return None  # parse_call says what is wrong, and where
        raise BadTranscript("不是合法的 JSON", hint="请重新导出原始结果", where=Where(file)) from None
    if form is None:
        if isinstance(document, dict) and document.get("format") == FORMAT:
            return None
        form = next((name for name, one in _JSON.items() if one.detect(document)), None)
        if form is None:
            return None
    return _JSON[form].read(Node(document, "", file))


def _text(data: bytes, file: str | None) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTranscript("文字不是 UTF-8 或 GB18030 编码", hint="请另存为 UTF-8", where=Where(file))
