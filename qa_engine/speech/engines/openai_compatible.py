"""Any endpoint with OpenAI's `POST /audio/transcriptions`: speaches, vLLM, a cloud.

What is sent is the voiced windows of one channel, as 16-bit WAV, some at a time. What is wanted is words with times; an
endpoint that has none gives segments or bare text, over which times are then spread evenly.
"""

from __future__ import annotations

import io
import json
import secrets
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Final
from urllib.parse import urlsplit

import numpy as np

from qa_engine.calls import EngineInfo, Span
from qa_engine.errors import BadSettings, Unavailable
from qa_engine.outside import OPENER
from qa_engine.speech.audio import SAMPLE_RATE_HZ, Samples
from qa_engine.speech.engines.base import Segment
from qa_engine.speech.engines.placed import placed
from qa_engine.speech.engines.prompt import PROMPT_ZH, with_hot_words
from qa_engine.speech.engines.replies import Malformed, read_reply
from qa_engine.speech.engines.windows import Window, pack

AT_ONCE: Final = 4
PAUSES_S: Final = (0.5, 2.0, 8.0)
"""Between one try and the next; after the last one the job is tried again later as a whole."""
LONGEST_PAUSE_S: Final = 30.0
MAX_REPLY_BYTES: Final = 8_000_000
_OK, _BUSY = 200, 429
_REFUSED: Final = frozenset({401, 403})
_ASKED_TOO_MUCH: Final = frozenset({400, 415, 422})
# Tried in this order until the endpoint takes one: words, segments, text.
_FORMS: Final[tuple[tuple[tuple[str, str], ...], ...]] = (
    (
        ("response_format", "verbose_json"),
        ("timestamp_granularities[]", "word"),
        ("timestamp_granularities[]", "segment"),
    ),
    (("response_format", "verbose_json"),),
    (("response_format", "json"),),
)


class EndpointAway(Unavailable):
    """The transcription endpoint does not answer, or answers with a fault of its own (5xx)."""

    code = "asr_away"


class EndpointBusy(EndpointAway):
    """It asks for patience (429) for longer than one job waits."""

    code = "asr_busy"


class EndpointRefused(EndpointAway):
    """It does not accept the key (401, 403)."""

    code = "asr_refused"


class EndpointRejected(EndpointAway):
    """It does not take what it was sent (other 4xx, a redirection)."""

    code = "asr_rejected"


class EndpointMalformed(EndpointAway):
    """It answers, but not as a transcription endpoint does."""

    code = "asr_malformed"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the endpoint is: the base address as clients of OpenAI take it (`…/v1`), a key or "", and how many seconds
    without answer count as away. The key is in no message, log or representation."""

    url: str
    key: str = field(default="", repr=False)
    timeout_s: float = 60.0

    @property
    def host(self) -> str:
        """For people and for the transcript: without what could be a secret."""
        parts = urlsplit(self.url)
        return f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}"


class OpenAiCompatible:
    """A model behind an endpoint. Safe to share between threads."""

    def __init__(
        self, endpoint: Endpoint, model: str, *, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """Raises BadSettings for an address that is none."""
        parts = urlsplit(endpoint.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise BadSettings(
                "CALLQA_ASR_URL 不是 http:// 或 https:// 地址", hint="例如 http://127.0.0.1:8000/v1"
            )
        self._endpoint = endpoint
        self._model = model
        self._pause = pause
        self._form = 0
        self._info = EngineInfo("openai-compatible", model, endpoint.host[:100])

    @property
    def info(self) -> EngineInfo:
        """`version` is the endpoint's host: which weights it serves only its operator knows."""
        return self._info

    def prompt_with(self, hot_words: Sequence[str]) -> str | None:
        """See `Prompted`."""
        return with_hot_words(hot_words, PROMPT_ZH)

    def recognize(
        self, samples: Samples, spans: Sequence[Span], *, language: str, prompt: str | None = None
    ) -> tuple[Segment, ...]:
        """See `Recognizer`. Raises EndpointAway kinds, none of them final: the job is tried again later."""
        windows = pack(samples, spans)
        fields = {"model": self._model, "language": language, "temperature": "0"}
        asked = PROMPT_ZH if prompt is None else prompt
        if asked:
            fields["prompt"] = asked

        def heard(window: Window) -> tuple[Segment, ...]:
            return tuple(self._heard(samples, window, fields))

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            return tuple(segment for part in pool.map(heard, windows) for segment in part)

    def _heard(self, samples: Samples, window: Window, fields: Mapping[str, str]) -> Iterator[Segment]:
        document = self._asked(_wav(window.cut(samples)), fields)
        try:
            words = read_reply(document, window.length_s)
        except Malformed as error:
            raise EndpointMalformed(
                f"转写接口 {self._endpoint.host} 的回答不合格式:{error}",
                hint="请检查 CALLQA_ASR_URL 是否指向 OpenAI 兼容的转写接口",
            ) from error
        return placed(window, words)

    def _asked(self, sound: bytes, fields: Mapping[str, str]) -> object:
        status, body = 0, b""
        for form in range(self._form, len(_FORMS)):
            status, body = self._tried(sound, [*fields.items(), *_FORMS[form]])
            if status == _OK:
                self._form = form  # what it does not take once it need not be asked for again
                break
            if status not in _ASKED_TOO_MUCH:
                break
        if status != _OK:
            raise self._fault(status)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise EndpointMalformed(
                f"转写接口 {self._endpoint.host} 的回答不是 JSON", hint="请检查 CALLQA_ASR_URL"
            ) from error

    def _tried(self, sound: bytes, fields: Sequence[tuple[str, str]]) -> tuple[int, bytes]:
        """Status and body, after as many tries as it takes; the status is final or the tries are used up."""
        for pause_s in (*PAUSES_S, None):
            try:
                status, body, wanted_s = self._once(sound, fields)
            except (OSError, HTTPException) as error:
                if pause_s is None:
                    raise EndpointAway(
                        f"转写接口 {self._endpoint.host} 没有应答({type(error).__name__})",
                        hint="请检查 CALLQA_ASR_URL 和该服务;任务稍后会自动重试",
                    ) from error
                self._pause(pause_s)
                continue
            if (status != _BUSY and status < 500) or pause_s is None:
                return status, body
            self._pause(min(max(pause_s, wanted_s), LONGEST_PAUSE_S))
        raise AssertionError("the last try returns or raises")

    def _once(self, sound: bytes, fields: Sequence[tuple[str, str]]) -> tuple[int, bytes, float]:
        boundary = secrets.token_hex(16)
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Accept": "application/json",
        }
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        request = urllib.request.Request(  # noqa: S310 (http and https only, see the constructor)
            f"{self._endpoint.url.rstrip('/')}/audio/transcriptions",
            _multipart(sound, fields, boundary),
            headers,
            method="POST",
        )
        try:
            with OPENER.open(request, timeout=self._endpoint.timeout_s) as reply:
                return reply.status, reply.read(MAX_REPLY_BYTES), 0.0
        except urllib.error.HTTPError as error:
            with error:  # its body may repeat the key: nobody reads it
                return error.code, b"", _retry_after_s(error.headers.get("Retry-After"))

    def _fault(self, status: int) -> EndpointAway:
        host = self._endpoint.host
        if status in _REFUSED:
            return EndpointRefused(
                f"转写接口 {host} 不接受密钥(HTTP {status})",
                hint="请检查 CALLQA_ASR_KEY;改好后任务会自动重试",
            )
        if status == _BUSY:
            return EndpointBusy(
                f"转写接口 {host} 限流(HTTP 429)", hint="请减少工作进程,或提高该服务的配额;任务稍后自动重试"
            )
        if status >= 500:
            return EndpointAway(
                f"转写接口 {host} 出错(HTTP {status})", hint="请查看该服务的日志;任务稍后自动重试"
            )
        return EndpointRejected(
            f"转写接口 {host} 拒绝了请求(HTTP {status})",
            hint=f"请检查 CALLQA_ASR_URL 和模型名 {self._model}",
        )


def _retry_after_s(value: str | None) -> float:
    try:
        return max(0.0, float(value or 0))
    except ValueError:  # a date: the usual pause will do
        return 0.0


def _wav(sound: Samples) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE_HZ)
        file.writeframes((np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes())
    return target.getvalue()


def _multipart(sound: bytes, fields: Sequence[tuple[str, str]], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="window.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    return b"".join([*parts, head.encode(), sound, f"\r\n--{boundary}--\r\n".encode()])
