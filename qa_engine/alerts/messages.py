r"""What goes out, in the form that each receiver reads. Pure: time and secrets are handed in.

Forms: 企业微信 group robots (developer.work.weixin.qq.com, path 91770: markdown up to 4,096 bytes, no signature), 钉钉
custom robots (signature = Base64(HMAC-SHA256(secret, "ms\nsecret")) in the address, markdown), 飞书 custom robots
(signature = Base64(HMAC-SHA256("s\nsecret", "")) in the body, text). All answer 200 with a code that is 0 where it went well.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

LONGEST_BYTES = 4000
_NUMBERS = re.compile(r"\d{7,}")
_MARKS = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is the same at every attempt, so that a receiver can tell a repeat; `link` opens the alert ("" = none)."""

    id: str
    title: str
    lines: tuple[str, ...]
    link: str = ""

    def document(self) -> dict[str, object]:
        """As it is stored and as a webhook gets it."""
        return {"id": self.id, "title": self.title, "lines": list(self.lines), "link": self.link}


def message_of(document: Mapping[str, object]) -> Message:
    """The message that `document()` wrote."""
    lines = document["lines"]
    assert isinstance(lines, Sequence)
    return Message(
        str(document["id"]),
        str(document["title"]),
        tuple(str(line) for line in lines),
        str(document.get("link") or ""),
    )


def without_numbers(text: str) -> str:
    """Long numbers with their middle hidden: a message leaves the building, a customer's number does not."""
    return _NUMBERS.sub(lambda found: f"{found[0][:3]}****{found[0][-2:]}", text)


@dataclass(frozen=True, slots=True)
class Post:
    """One HTTP request. `code_key`: the key of the answer's JSON that is 0 where it went well; "" = the status says it."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    code_key: str = ""


def plain(message: Message) -> str:
    """Text for mail and for 飞书."""
    return _cut("\n".join([message.title, *message.lines, *([message.link] if message.link else [])]))


def markdown(message: Message) -> str:
    """Markdown that all robots read: a heading, lines, a link. What people wrote can't become markup."""
    link = [f"[打开预警]({message.link})"] if message.link else []
    return _cut("\n\n".join([f"### {_escaped(message.title)}", *map(_escaped, message.lines), *link]))


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _cut(text: str) -> str:
    return text.encode()[:LONGEST_BYTES].decode("utf-8", "ignore")


def _json(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _hmac(key: str, text: str) -> bytes:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).digest()


def webhook(message: Message, url: str, secrets: Sequence[str], now_s: int) -> Post:
    """Signed with every active secret, so that one can be replaced without a gap: `v1=` HMAC-SHA256 over
    `timestamp.body`, hexadecimal, comma-separated."""
    body = _json({"format": "callqa.alert/1", **message.document()})
    signed = [_hmac(secret, f"{now_s}.{body.decode()}").hex() for secret in secrets]
    headers = {
        "X-CallQA-Id": message.id,
        "X-CallQA-Timestamp": str(now_s),
        "X-CallQA-Signature": ",".join(f"v1={one}" for one in signed),
    }
    return Post(url, body, headers)


def wecom(message: Message, url: str) -> Post:
    """企业微信: the key in the address is the secret."""
    return Post(
        url, _json({"msgtype": "markdown", "markdown": {"content": markdown(message)}}), {}, "errcode"
    )


def dingtalk(message: Message, url: str, secret: str, now_s: int) -> Post:
    """钉钉, with its signature where the robot asks for one. The time may differ by an hour at most."""
    if secret:
        stamp = now_s * 1000
        signature = base64.b64encode(_hmac(secret, f"{stamp}\n{secret}")).decode()
        query = urlencode({"timestamp": stamp, "sign": signature})
        url = f"{url}{'&' if '?' in url else '?'}{query}"
    body = {"msgtype": "markdown", "markdown": {"title": message.title, "text": markdown(message)}}
    return Post(url, _json(body), {}, "errcode")


def feishu(message: Message, url: str, secret: str, now_s: int) -> Post:
    """飞书, with its signature where the robot asks for one."""
    body: dict[str, object] = {"msg_type": "text", "content": {"text": plain(message)}}
    if secret:
        signature = base64.b64encode(_hmac(f"{now_s}\n{secret}", "")).decode()
        body = {"timestamp": str(now_s), "sign": signature, **body}
    return Post(url, _json(body), {}, "code")
