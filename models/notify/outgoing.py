"""Requests that leave this machine: to allowed places only, to the address that was checked, without redirects.

A name is resolved once; every address of it must be public, or the name listed in `CALLQA_ALERT_HOSTS`; the connection
goes to a checked address, so that a second look-up can't lead elsewhere. Plain http is for listed hosts only.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from qa_engine.alerts.messages import Post
from qa_engine.errors import CallQAError

MAX_REPLY_BYTES = 64_000
OK = 200
REDIRECT = 300
REFUSED_FOR_GOOD = frozenset({400, 401, 403, 404, 405, 410, 413})


class NotDelivered(CallQAError):
    """A receiver did not take a message; another try may do."""

    code = "not_delivered"
    permanent = False


class Undeliverable(CallQAError):
    """A message that no further try can deliver."""

    code = "undeliverable"


@dataclass(frozen=True, slots=True)
class Rules:
    """Where requests may go. `hosts`: names on the own network or reached by plain http; `timeout_s` a request."""

    hosts: frozenset[str] = frozenset()
    timeout_s: float = 10.0


def listed(hosts: str | None) -> frozenset[str]:
    """The names of a comma-separated list."""
    return frozenset(part.strip().lower() for part in (hosts or "").split(",") if part.strip())


def resolve(host: str, port: int, rules: Rules) -> str:
    """One checked address of a host. Raises `Undeliverable` where it may not be reached, `NotDelivered`."""
    try:
        found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise NotDelivered("接收方的主机名无法解析", hint="请检查地址和 DNS") from error
    if host.lower() not in rules.hosts:
        for address in found:
            if not ipaddress.ip_address(address.split("%")[0]).is_global:
                raise Undeliverable(
                    "接收方在内网或本机,不允许访问", hint="确需访问时把主机名写入 CALLQA_ALERT_HOSTS"
                )
    return min(found, key=lambda address: (":" in address, address))


class _Pinned(http.client.HTTPConnection):
    """A connection to a checked address; the certificate is that of the name."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def send(post: Post, rules: Rules) -> None:
    """Sends one request. Raises `NotDelivered`, `Undeliverable`; no message of theirs holds the address."""
    parts = urlsplit(post.url)
    host = parts.hostname or ""
    tls = parts.scheme == "https"
    if not host or parts.scheme not in {"http", "https"}:
        raise Undeliverable("地址应以 https:// 开头", hint="请检查通知渠道的地址")
    if not tls and host.lower() not in rules.hosts:
        raise Undeliverable("只允许 https 地址", hint="内网地址请把主机名写入 CALLQA_ALERT_HOSTS")
    port = parts.port or (443 if tls else 80)
    connection = _Pinned(host, port, resolve(host, port, rules), tls=tls, timeout_s=rules.timeout_s)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "CallQA", **post.headers}
    try:
        connection.request("POST", path, body=post.body, headers=headers)
        reply = connection.getresponse()
        status, body = reply.status, reply.read(MAX_REPLY_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise NotDelivered(f"接收方没有应答({type(error).__name__})", hint="会自动重试") from error
    finally:
        connection.close()
    _check(status, body, post.code_key)


def _check(status: int, body: bytes, code_key: str) -> None:
    if status in REFUSED_FOR_GOOD or REDIRECT <= status < 400:
        raise Undeliverable(f"接收方拒绝了消息(HTTP {status})", hint="请检查地址和密钥")
    if not OK <= status < REDIRECT:
        raise NotDelivered(f"接收方出错(HTTP {status})", hint="会自动重试")
    if not code_key:
        return
    try:
        code = json.loads(body)[code_key]
    except (ValueError, LookupError, TypeError) as error:
        raise NotDelivered("接收方的应答不像群机器人", hint="请检查地址") from error
    if code != 0:
        raise NotDelivered(
            f"群机器人没有接受消息({code_key} {str(code)[:20]})", hint="请检查签名、关键词和频率限制"
        )
