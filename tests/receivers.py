"""A real HTTP server that plays a webhook or a group robot, and a real SMTP server: what messages are tested against."""

from __future__ import annotations

import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message

from tests.http_server import Reply, http_server, running

Answer = Callable[[int], "tuple[int, bytes]"]


@dataclass
class Received:
    """What one receiver got. `requests`: (path with query, headers, body) or, for mail, (sender, receivers, text)."""

    port: int = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=s3cret"


@contextmanager
def http_receiver(answer: Answer = lambda _number: (200, b"{}")) -> Iterator[Received]:
    """Answers the n-th request (from 1) by `answer`."""
    received = Received()

    def said(path: str, headers: Message, body: bytes) -> Reply:
        received.requests.append((path, dict(headers), body))
        status, reply = answer(len(received.requests))
        return Reply(status, reply, {"Location": f"{received.url}/elsewhere"} if 300 <= status < 400 else {})

    with http_server(said) as address:
        received.port = int(address.rpartition(":")[2])
        yield received


@contextmanager
def mail_receiver(*, refuse: int = 0, login: str = "") -> Iterator[Received]:
    """Speaks as much SMTP (RFC 5321) as a sender needs; `refuse` answers RCPT with that code; `login` is the base64
    of AUTH PLAIN that it wants."""
    received = Received()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def handle(self) -> None:
            sender, to, may = "", [], not login
            self.say("220 test ESMTP")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ")[0].upper()
                inside = line.partition("<")[2].partition(">")[0]
                if verb == "AUTH":
                    may = line.split(" ")[-1] == login
                if verb == "MAIL":
                    sender = inside
                if verb == "RCPT":
                    to.append(inside)
                answers = {
                    "EHLO": "250-test\r\n250 AUTH PLAIN",
                    "AUTH": "235 ok" if may else "535 bad credentials",
                    "MAIL": "250 ok" if may else "530 log in first",
                    "RCPT": f"{refuse} no" if refuse else "250 ok",
                    "DATA": "354 go on",
                    "QUIT": "221 bye",
                }
                self.say(answers.get(verb, "250 ok"))
                if verb == "DATA":
                    received.mails.append((sender, to, self.content()))
                    self.say("250 taken")

        def content(self) -> bytes:
            lines = iter(self.rfile.readline, b".\r\n")
            return b"".join(lines)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    received.port = server.server_address[1]
    with running(server):
        yield received
