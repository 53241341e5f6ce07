"""Who asks, and whether they may: every request passes here before a route sees it.

While there is no account the service is open, as on a laptop. With the first account everybody signs in: people with
a session cookie, programs with `Authorization: Bearer`. What no rule names is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from anyio import to_thread
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import Services
from api.errors import ErrorPage, as_callqa_error, error_response, wants_page
from api.security import SAFE_METHODS
from models.access import visible as _visible  # noqa: F401 (narrows every query from here on)
from models.access.accounts import AccountRow, SignInRow
from models.access.roles import Access, Right, set_access
from models.access.sign_in import access_of, by_key, by_token, is_due, is_open, note
from models.columns import utc_now
from models.database import reading, session
from qa_engine.errors import CallQAError

SESSION_COOKIE = "callqa_session"
PUBLIC = ("/static/", "/healthz", "/readyz", "/sign-in")
SEE_OTHER = 303
ANYONE = None
"""Everybody who is signed in."""


class SignInNeeded(CallQAError):
    """Nobody is signed in, and the service is not open."""

    code = "sign_in_needed"
    http_status = 401


class NotAllowed(CallQAError):
    """Somebody is signed in whose role does not do this."""

    code = "not_allowed"
    http_status = 403


@dataclass(frozen=True, slots=True)
class Rule:
    """What a request needs: `path` is matched as a whole, `audit` is the word written down before it is answered."""

    methods: str
    path: str
    right: Right | None
    audit: str = ""
    is_pulse: bool = False
    """Sent by an open page by itself: nobody did anything, so that it is not written down and keeps no session awake."""

    def fits(self, method: str, path: str) -> bool:
        return (method in self.methods.split()) and re.fullmatch(self.path, path) is not None


_GET, _POST = "GET HEAD", "POST PATCH PUT DELETE"
_V1 = "/api/v1"
RULES: Sequence[Rule] = (
    Rule(_GET, r"/openapi\.json|/metrics(\.[^/]+)?", ANYONE),
    Rule("GET HEAD POST", r"/account|/sign-out", ANYONE),
    Rule("POST", r"/views(/.*)?", ANYONE),
    Rule("GET HEAD POST", r"/accounts(/.*)?", Right.ACCOUNTS),
    Rule(_GET, r"/audit", Right.AUDIT),
    # what was imported
    Rule(_GET, rf"{_V1}/imports/[^/]+/rejected\.csv", Right.UPLOAD, "export"),
    Rule(_GET, rf"({_V1})?/imports(/.*)?|{_V1}/sources", Right.UPLOAD),
    # calls
    Rule("POST", rf"{_V1}/(calls|orders|tickets)", Right.UPLOAD),
    Rule("POST", rf"({_V1})?/calls/[^/]+/retry", Right.REVIEW),
    Rule(_GET, rf"{_V1}/calls/[^/]+/audio", Right.LISTEN, "listen"),
    Rule(_GET, rf"{_V1}/calls/[^/]+/transcript", Right.CALLS, "read"),
    Rule(_GET, rf"{_V1}/calls(/.*)?|{_V1}/jobs(/.*)?", Right.CALLS),
    Rule(_GET, r"/calls/[^/]+", Right.CALLS, "read"),
    Rule(_GET, r"/|/calls|/progress|/calls/[^/]+/state", Right.CALLS),
    # search
    Rule(_GET, r"/search\.csv", Right.CALLS, "export"),
    Rule(_GET, rf"({_V1})?/search", Right.CALLS, "search"),
    # reviews
    Rule(_POST, rf"{_V1}/evaluations/[^/]+/review/here", Right.REVIEW, is_pulse=True),
    Rule(f"{_GET} {_POST}", rf"{_V1}/evaluations/[^/]+/review(/.*)?|({_V1})?/reviews(/.*)?", Right.REVIEW),
    Rule("PUT", rf"{_V1}/calls/[^/]+/transcript/turns/[^/]+", Right.REVIEW),
    # appeals, acknowledgement, comments
    Rule(
        "POST",
        rf"{_V1}/evaluations/[^/]+/(appeals|acknowledge)|/(appeals/file|acknowledge)/[^/]+",
        Right.APPEAL,
    ),
    Rule(
        "POST", rf"{_V1}/appeals/[^/]+/steps|/appeals/[^/]+/step", Right.CALLS
    ),  # whose step it is, the appeal knows
    Rule(_GET, r"/appeals\.csv", Right.REVIEW, "export"),
    Rule(_GET, rf"/appeals|{_V1}/appeals/statistics", Right.REVIEW),
    Rule(_GET, rf"{_V1}/appeals|({_V1})?/appeals/[^/]+|{_V1}/acknowledgements", Right.CALLS),
    Rule(f"{_GET} {_POST}", rf"{_V1}/(comments|mentions)(/.*)?|{_V1}/calls/[^/]+/comments", Right.CALLS),
    Rule("GET HEAD POST", r"/inbox(/read)?", Right.CALLS),
    # example library: what a route lets an agent do is narrowed in models/library
    Rule(_GET, rf"{_V1}/clips/[^/]+/audio", Right.LIBRARY, "listen"),
    Rule(_GET, rf"{_V1}/clips/[^/]+/export", Right.TEACH, "export"),
    Rule("POST", rf"{_V1}/clips/[^/]+/heard", Right.LIBRARY, is_pulse=True),
    Rule("POST", rf"{_V1}/clips/[^/]+/consent|{_V1}/playlists/[^/]+/answers", Right.LIBRARY),
    Rule("POST", r"/library/clips/[^/]+/consent|/library/playlists/[^/]+/answers", Right.LIBRARY),
    Rule(_GET, rf"/library/candidates|{_V1}/clip-candidates|{_V1}/playlists/[^/]+/answers", Right.TEACH),
    Rule(_GET, rf"/library(/.*)?|{_V1}/(clips|playlists)(/.*)?", Right.LIBRARY),
    Rule(_POST, rf"/library/.+|{_V1}/(clips|playlists|clip-candidates)(/.*)?", Right.TEACH),
    # forms
    # forms: who may write one, who puts it in force
    Rule(_POST, rf"/studio/drafts/[^/]+/release|{_V1}/drafts/[^/]+/release", Right.RELEASE),
    Rule(_POST, rf"({_V1})?/rubrics/[^/]+/releases/[^/]+/(restore|call-off)", Right.RELEASE),
    Rule(f"{_GET} {_POST}", rf"/studio(/.*)?|{_V1}/drafts(/.*)?|{_V1}/rubrics/complete", Right.DRAFT),
    Rule("POST", rf"{_V1}/rubrics/[^/]+/rescore", Right.SCORE_AGAIN),
    Rule("GET HEAD POST", rf"({_V1})?/rubrics(/.*)?", Right.RUBRICS),
    # figures
    Rule(
        _GET,
        rf"/reports/[^/]+\.(pdf|xlsx)|(/board|/scorecards|/attribution|{_V1}/(kpi|skills))\.[^/]+",
        Right.FIGURES,
        "export",
    ),
    Rule(_GET, rf"{_V1}/(summary|kpi|figures|skills|orders|tickets|attribution|alert-rules)", Right.FIGURES),
    Rule(_GET, r"/board(/[^.]+)?|/figures/[^/]+|/reports|/attribution", Right.FIGURES),
    Rule(_GET, rf"({_V1})?/(alerts|experiments)(/.*)?", Right.FIGURES),
    Rule(_POST, rf"({_V1})?/alerts(/.*)?", Right.STEER),
    Rule("POST", rf"{_V1}/scorecards/preview", Right.FIGURES),  # keeps nothing
    Rule(_GET, rf"({_V1})?/(scorecards|targets)(/.*)?", Right.FIGURES),
    Rule(_POST, rf"({_V1})?/(experiments|scorecards|targets)(/.*)?", Right.PLAN),
    Rule(_GET, r"/agents/.+/scorecard\.pdf", Right.COACHED, "export"),
    Rule(_GET, r"/agents/.+", Right.COACHED),
    # coaching
    Rule(_GET, rf"/coaching/plans/[^/]+|{_V1}/coaching/plans", Right.COACHED),
    Rule("POST", r"/coaching/plans/[^/]+/acknowledge", Right.COACHED),
    Rule(f"{_GET} {_POST}", rf"({_V1})?/coaching(/.*)?", Right.COACH),
)


def rule_for(method: str, path: str) -> Rule | None:
    """The first rule that fits; None where there is none."""
    return next((rule for rule in RULES if rule.fits(method, path)), None)


def _is_pulse(scope: Scope) -> bool:
    rule = rule_for(scope["method"], scope["path"])
    return rule is not None and rule.is_pulse


class AccessGate:
    """Finds out who asks, refuses what they may not, and writes down what must be accounted for."""

    def __init__(self, app: ASGIApp, *, services: Services, page: ErrorPage) -> None:
        self.app = app
        self.services = services
        self.page = page
        self._is_open = True  # until an account is seen; there is no way back

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PUBLIC):
            await self.app(scope, receive, send)
            return
        try:
            answer = await to_thread.run_sync(self._admit, scope)
        except Exception as error:
            known = as_callqa_error(error)
            if known is None:
                raise
            await error_response(known)(scope, receive, send)
            return
        if isinstance(answer, Refusal):
            set_access(answer.access)  # the page of the refusal offers what its reader may open
            try:
                await answer.response(Request(scope), self.page)(scope, receive, send)
            finally:
                set_access(None)
            return
        set_access(answer)
        try:
            if answer is None or scope["method"] in SAFE_METHODS or _is_pulse(scope):
                await self.app(scope, receive, send)
            else:
                await self._account_for(answer, scope, receive, send)
        finally:
            set_access(None)

    async def _account_for(self, access: Access, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, seen)
        finally:
            await to_thread.run_sync(self._note, access, scope["method"], scope["path"], status)

    def _note(self, access: Access, did: str, about: str, status: int) -> None:
        with session(self.services.engine) as opened:
            note(opened, access, did, about, status=status)

    def _admit(self, scope: Scope) -> Access | Refusal | None:
        engine = self.services.engine
        with reading(engine) as opened:
            if self._is_open:
                self._is_open = is_open(opened)
                if self._is_open:
                    return None
            row, account = _asker(opened, Headers(scope=scope))
        if account is None:
            return Refusal(
                SignInNeeded("请先登录", hint="打开 /sign-in 登录;程序用 Authorization: Bearer <密钥>")
            )
        if account.must_change and row is not None and scope["path"] not in {"/account", "/sign-out"}:
            return Refusal(NotAllowed("请先改密码", hint="打开 /account 设一个自己的密码"), to="/account")
        access, rule = access_of(account), rule_for(scope["method"], scope["path"])
        if rule is None or (rule.right is not None and not access.may(rule.right)):
            return Refusal(NotAllowed("你的角色不能这样做", hint="需要的话请管理员换一个角色"), access=access)
        seen = row is not None and not rule.is_pulse and is_due(row, utc_now())
        if rule.audit or seen:
            with session(engine) as opened:
                if rule.audit:  # committed before the first byte of the answer
                    note(opened, access, rule.audit, scope["path"])
                if row is not None and seen:
                    row.seen_at = utc_now()
                    opened.merge(row)
        return access


def _asker(opened: Session, headers: Headers) -> tuple[SignInRow | None, AccountRow | None]:
    """The session, where there is one, and the account that asks."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        return None, by_key(opened, key.strip())
    token = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE, "")
    return (by_token(opened, token) if token else None) or (None, None)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further; browsers are sent `to` a page that helps, or to sign in."""

    error: CallQAError
    to: str = ""
    access: Access | None = None

    def response(self, request: Request, page: ErrorPage) -> ASGIApp:
        is_page = wants_page(request)
        if is_page and request.method in SAFE_METHODS and (self.to or isinstance(self.error, SignInNeeded)):
            here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(self.to or f"/sign-in?next={quote(here)}", SEE_OTHER)
        answer = page(request, self.error) if is_page else error_response(self.error)
        if isinstance(self.error, SignInNeeded):
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
