"""What surrounds every request: a cap on bodies while they stream, browser security headers, same-site writes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLarge, CrossSite, HttpError, error_response

_SOURCES: Mapping[str, str] = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "media-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",  # charts and waveforms set element styles; scripts stay strict
    "script-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
CONTENT_SECURITY_POLICY = "; ".join(f"{directive} {sources}" for directive, sources in _SOURCES.items())
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MB = 1_000_000
SMALL_BODY_BYTES = 2 * MB
FORM_OVERHEAD_BYTES = 16 * MB
"""Room beside the recording for the other fields, a transcript file above all."""


class SecurityHeaders:
    """Adds `HEADERS` where the answer has none of its own, and `no-store` to the API."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimit:
    """Answers 413 as soon as a body passes its cap, whatever its Content-Length said.

    `upload_bytes` caps `upload_paths`; every other path gets `SMALL_BODY_BYTES`."""

    def __init__(self, app: ASGIApp, *, upload_paths: Collection[str], upload_bytes: int) -> None:
        self.app = app
        self.upload_paths = upload_paths
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.upload_bytes if scope["path"].rstrip("/") in self.upload_paths else SMALL_BODY_BYTES
        refusal = error_response(
            BodyTooLarge(
                f"内容超过上限 {limit // MB} MB",
                hint="请压缩或切分录音,或调大 CALLQA_MAX_UPLOAD_MB" if limit > SMALL_BODY_BYTES else "",
            )
        )
        refusal.headers["Connection"] = "close"  # the rest of the body is never read
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            await refusal(scope, receive, send)
            return
        received, over, started = 0, False, False

        async def counted() -> Message:
            nonlocal received, over
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                over = True
                raise BodyTooLarge("body over the cap")
            return message

        async def unless_over(message: Message) -> None:
            nonlocal started
            if over and not started:
                return  # what the application makes of the broken body; the refusal follows
            started = True
            await send(message)

        try:
            await self.app(scope, counted, unless_over)
        except BodyTooLarge:
            if started:
                raise
        if over and not started:
            await refusal(scope, receive, send)


class SameSite:
    """Refuses changes that a foreign page makes a browser send, and host names that are not ours.

    There are no cookies to steal, but the service often listens on the reviewer's own machine: without this any
    web page could post recordings to it or, by DNS rebinding, read them. Programs that send neither `Origin`
    nor `Sec-Fetch-Site` are not browsers and pass. `hosts` empty = any host name."""

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            host = _host_name(headers.get("host", ""))
            if self.hosts and host not in self.hosts:
                refusal = HttpError(
                    421, "这个主机名不是本服务的", hint="请用启动时打印的地址访问,或设置 CALLQA_ALLOWED_HOSTS"
                )
                await error_response(refusal)(scope, receive, send)
                return
            if scope["method"] not in SAFE_METHODS and _foreign(headers):
                error = CrossSite(
                    "拒绝来自其他网站的写入请求", hint="请在 CallQA 的页面里操作,或用命令行和 API 客户端"
                )
                await error_response(error)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _foreign(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True
