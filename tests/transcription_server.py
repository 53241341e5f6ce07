"""A real HTTP server with OpenAI's transcription interface: it takes multipart requests apart and may have a model behind."""

from __future__ import annotations

import io
import json
import threading
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import numpy as np

from qa_engine.calls import Span, Word
from qa_engine.speech.audio import Samples
from qa_engine.speech.engines.base import Recognizer
from tests import http_server


@dataclass(frozen=True)
class Request:
    """What arrived: form fields (each with all its values), the sound and the key."""

    path: str
    fields: dict[str, list[str]]
    sound: Samples
    rate_hz: int
    key: str | None

    @property
    def form(self) -> str:
        return self.fields["response_format"][0]


Reply = tuple[int, bytes | dict[str, Any]]
Script = Callable[[Request], Reply]


@dataclass
class TranscriptionServer:
    """Answers by `script`. `requests` in order of arrival; `headers` go with every answer."""

    script: Script
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def parsed(content_type: str, body: bytes, path: str, key: str | None) -> Request:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    fields: dict[str, list[str]] = {}
    sound, rate_hz = np.zeros(0, np.float32), 0
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        if part.get_filename():
            with wave.open(io.BytesIO(data), "rb") as file:
                assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
                rate_hz = file.getframerate()
                sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
        else:
            fields.setdefault(str(name), []).append(data.decode())
    return Request(path, fields, sound, rate_hz, key)


@contextmanager
def transcription_server(script: Script) -> Iterator[TranscriptionServer]:
    """The server on a free port of this machine."""
    server = TranscriptionServer(script)
    lock = threading.Lock()

    def answer(path: str, headers: Message, body: bytes) -> http_server.Reply:
        request = parsed(headers["Content-Type"], body, path, headers.get("Authorization"))
        with lock:
            server.requests.append(request)
            status, said = server.script(request)
        return http_server.Reply(
            status, said if isinstance(said, bytes) else json.dumps(said).encode(), server.headers
        )

    with http_server.http_server(answer) as address:
        server.url = f"{address}/v1"
        yield server


def behind(
    model: Recognizer, *, forms: tuple[str, ...] = ("verbose_json", "json"), words: bool = True
) -> Script:
    """A server that runs a model: OpenAI's words without marks where it serves words, else segments, else text."""

    def script(request: Request) -> Reply:
        wanted = request.fields.get("timestamp_granularities[]", [])
        if request.form not in forms or ("word" in wanted and not words):
            return 400, {"error": {"message": f"not supported; your key {request.key}"}}
        length_s = len(request.sound) / request.rate_hz
        found = model.recognize(request.sound, (Span(0.0, length_s),), language="zh", prompt=None)
        text = "".join(segment.text for segment in found)
        if request.form == "json":
            return 200, {"text": text}
        segments = [{"start": s.start_s, "end": s.end_s, "text": s.text, "avg_logprob": -0.1} for s in found]
        spoken = [word for segment in found for word in segment.words]
        reply: dict[str, Any] = {"text": text, "language": "chinese", "segments": segments}
        if "word" in wanted:
            reply["words"] = [_as_openai(word) for word in spoken]
        return 200, reply

    return script


def _as_openai(word: Word) -> dict[str, Any]:
    return {"word": word.text.strip("，。？！、"), "start": word.start_s, "end": word.end_s}
