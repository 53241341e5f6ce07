"""A real HTTP server that speaks as much of the OpenAI interface as a questioner needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from tests.http_server import Reply, http_server

Script = Callable[[dict[str, Any]], "str | int | bytes"]


@dataclass
class ChatServer:
    """Answers by `script`: text is the message of the model, a number an HTTP status, bytes a raw body."""

    script: Script
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@contextmanager
def chat_server(script: Script) -> Iterator[ChatServer]:
    """The server on a free port of this machine."""
    server = ChatServer(script)

    def answer(path: str, headers: Message, sent: bytes) -> Reply:
        body = json.loads(sent)
        server.requests.append({"path": path, **body})
        server.keys.append(headers.get("Authorization"))
        said = server.script(body)
        if isinstance(said, str):
            return Reply(200, json.dumps({"choices": [{"message": {"content": said}}]}).encode())
        if isinstance(said, bytes):
            return Reply(200, said)
        return Reply(said, headers={"Location": f"{server.url}/elsewhere"} if 300 <= said < 400 else {})

    with http_server(answer) as address:
        server.url = f"{address}/v1"
        yield server
