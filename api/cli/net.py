"""The listening socket: claimed before anything else starts, so that a taken port is said at once."""

from __future__ import annotations

import errno
import socket
from typing import ClassVar

from qa_engine.errors import BadSettings


class PortTaken(BadSettings):
    """Another program listens there."""

    code: ClassVar[str] = "port_taken"


def listen(host: str, port: int, *, tries: int = 1) -> socket.socket:
    """A listening socket on the first free of `tries` ports from `port` on; port 0 = any free one.

    Raises `PortTaken`, and `BadSettings` for an address that is not this machine's."""
    for number in range(port, port + tries) if port else (0,):
        try:
            return _listen(host, number)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise BadSettings(
                    f"无法在 {host}:{number} 上监听({error.strerror})",
                    hint="请检查 CALLQA_HOST 和 CALLQA_PORT;1024 以下的端口需要管理员权限",
                ) from error
    last = f"–{port + tries - 1}" if tries > 1 else ""
    raise PortTaken(
        f"端口 {port}{last} 已被占用",
        hint=f"请用 --port 换一个,例如 --port {min(port + tries, 65535)},或 --port 0",
    )


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    made = socket.socket(family, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen()  # only a listening socket keeps others off the port
    except BaseException:
        made.close()
        raise
    return made


def address(listening: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def own_hosts(host: str, allowed: str | None = None) -> tuple[str, ...]:
    """Host names that are answered: those allowed by name; else, listening on this machine alone, only its own
    names (a foreign name there is DNS rebinding); else any."""
    named = tuple(part.strip().lower() for part in (allowed or "").split(",") if part.strip())
    if named:
        return (*named, "localhost", "127.0.0.1", "::1")
    return ("localhost", "127.0.0.1", "::1", host) if _is_loopback(host) else ()


def _is_loopback(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")
