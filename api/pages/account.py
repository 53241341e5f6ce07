"""Signing in and out, one's own password, and the pages of accounts and of the audit table."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import col, func, select
from starlette.responses import Response

from api.access import SEE_OTHER, SESSION_COOKIE
from api.deps import ReadDep, ServicesDep
from api.errors import status_of
from api.pages.figures import local_time
from api.pages.navigation import home_of
from api.pages.rendering import render
from api.routes.parameters import Page, Text
from models.access.accounts import AccountRow, AuditRow
from models.access.passwords import SHORTEST, verify_password
from models.access.roles import Role, current_access
from models.access.sign_in import (
    LONGEST,
    SignedIn,
    SignInRefused,
    add_account,
    get_account,
    is_open,
    note,
    set_disabled,
    set_password,
    sign_in,
    sign_out,
)
from models.database import session
from qa_engine.errors import BadInput, CallQAError

router = APIRouter(include_in_schema=False)
AUDIT_PAGE = 100
Field = Annotated[str, Form(max_length=200)]
MADE_UP = 12
"""Random bytes of a password that is made up for somebody, to be changed at the first sign-in."""


def _inside(address: str) -> str:
    """Only our own pages: an address from outside could lead anywhere."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


@router.get("/sign-in")
def sign_in_page(
    request: Request, opened: ReadDep, next_: Annotated[str, Query(alias="next")] = "/"
) -> Response:
    """The form; where nobody signs in there is nothing to do."""
    if is_open(opened):
        return RedirectResponse("/", SEE_OTHER)
    return render(request, "account/sign_in.html", navigation=(), next=_inside(next_), login="", problem=None)


@router.post("/sign-in")
def enter(
    request: Request,
    services: ServicesDep,
    login: Field,
    password: Field,
    next_: Annotated[str, Form(alias="next", max_length=2000)] = "/",
) -> Response:
    """A session, or the form again with what was wrong."""
    with session(services.engine) as opened:
        found = sign_in(opened, login, password)
    if not isinstance(found, SignedIn):
        problem = found
        return render(
            request,
            "account/sign_in.html",
            navigation=(),
            status=status_of(problem),
            next=_inside(next_),
            login=login,
            problem=problem,
        )
    home = home_of(found.access)
    asked = _inside(next_)
    answer = RedirectResponse("/account" if found.must_change else home if asked == "/" else asked, SEE_OTHER)
    answer.set_cookie(
        SESSION_COOKIE,
        found.token,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/sign-out")
def leave(request: Request, services: ServicesDep) -> RedirectResponse:
    """Ends the session, here and in the store."""
    with session(services.engine) as opened:
        sign_out(opened, request.cookies.get(SESSION_COOKIE, ""))
    answer = RedirectResponse("/sign-in", SEE_OTHER)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/account")
def own_account(request: Request, opened: ReadDep) -> HTMLResponse:
    """Who one is here, and the form for a new password."""
    return _own(request, opened, None)


def _own(request: Request, opened: ReadDep, problem: CallQAError | None) -> HTMLResponse:
    access = current_access()
    account = get_account(opened, access.login) if access else None
    return render(
        request,
        "account/own.html",
        status=status_of(problem) if problem else 200,
        account=account,
        problem=problem,
        shortest=SHORTEST,
        must_change=bool(account and account.must_change),
    )


@router.post("/account")
def change_password(  # noqa: PLR0917 (form fields)
    request: Request, services: ServicesDep, opened: ReadDep, old: Field, new: Field, again: Field
) -> Response:
    """A new password of one's own; every other session of the account ends, and this one too."""
    access = current_access()
    if access is None:
        raise BadInput("没有登录,没有密码可改", hint="先用 callqa user add 建账号")
    account = get_account(opened, access.login)
    try:
        if not verify_password(account.password, old):
            raise SignInRefused("现在的密码不对", hint="请再输入一次;忘记了请找管理员重设")
        if new != again:
            raise BadInput("两次输入的新密码不一样", hint="请重新输入")
        with session(services.engine) as writing:
            set_password(writing, get_account(writing, access.login), new)
    except CallQAError as error:
        return _own(request, opened, error)
    answer = RedirectResponse("/sign-in", SEE_OTHER)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/accounts")
def accounts(request: Request, opened: ReadDep) -> HTMLResponse:
    """All accounts."""
    return _accounts(request, opened)


def _accounts(
    request: Request,
    opened: ReadDep,
    *,
    problem: CallQAError | None = None,
    fresh: tuple[str, str] | None = None,
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    rows = opened.exec(select(AccountRow).order_by(col(AccountRow.disabled), col(AccountRow.login))).all()
    return render(
        request,
        "account/list.html",
        nav="accounts",
        status=status_of(problem) if problem else 200,
        accounts=rows,
        roles=list(Role),
        problem=problem,
        fresh=fresh,
        typed=typed or {},
    )


@router.post("/accounts")
def add(  # noqa: PLR0917 (form fields)
    request: Request,
    services: ServicesDep,
    opened: ReadDep,
    login: Field,
    role: Annotated[Role, Form()],
    name: Field = "",
    agent: Field = "",
    teams: Field = "",
) -> HTMLResponse:
    """A new account with a password made up for it, which is shown once."""
    password = secrets.token_urlsafe(MADE_UP)
    try:
        with session(services.engine) as writing:
            add_account(
                writing,
                login,
                name=name,
                role=role,
                password=password,
                agent_id=agent.strip(),
                teams=tuple(one.strip() for one in teams.replace(",", ",").split(",") if one.strip()),
                must_change=True,
            )
    except CallQAError as error:
        typed = {"login": login, "name": name, "role": role.value, "agent": agent, "teams": teams}
        return _accounts(request, opened, problem=error, typed=typed)
    opened.rollback()  # the snapshot from before knows nothing of it
    return _accounts(request, opened, fresh=(login.strip().lower(), password))


@router.post("/accounts/{login}/{step}")
def change(request: Request, services: ServicesDep, opened: ReadDep, login: str, step: str) -> HTMLResponse:
    """Shuts or opens an account, or gives it a new password, which is shown once."""
    fresh = None
    try:
        with session(services.engine) as writing:
            account = get_account(writing, login)
            if step in {"disable", "enable"}:
                set_disabled(writing, account, disabled=step == "disable")
            elif step == "password":
                fresh = (account.login, secrets.token_urlsafe(MADE_UP))
                set_password(writing, account, fresh[1], must_change=True)
            else:
                raise BadInput(f"不认识的操作 {step[:20]}", hint="可用:disable、enable、password")
            note(writing, current_access(), step, account.login)
    except CallQAError as error:
        return _accounts(request, opened, problem=error)
    opened.rollback()
    return _accounts(request, opened, fresh=fresh)


@router.get("/audit")
def audit(  # noqa: PLR0917 (query parameters)
    request: Request, services: ServicesDep, opened: ReadDep, who: Text = "", did: Text = "", page: Page = 1
) -> HTMLResponse:
    """What was done, newest first."""
    chosen = [
        column == value
        for column, value in ((AuditRow.who, who.strip()), (AuditRow.did, did.strip()))
        if value
    ]
    count = opened.exec(select(func.count()).select_from(AuditRow).where(*chosen)).one()
    rows = opened.exec(
        select(AuditRow)
        .where(*chosen)
        .order_by(col(AuditRow.id).desc())
        .offset((page - 1) * AUDIT_PAGE)
        .limit(AUDIT_PAGE)
    ).all()
    return render(
        request,
        "account/audit.html",
        nav="audit",
        rows=rows,
        count=count,
        who=who,
        did=did,
        page=page,
        pages=max(1, -(-count // AUDIT_PAGE)),
        time=lambda moment: local_time(moment, services.settings.zone),
        url=lambda number: f"/audit?{urlencode({'who': who, 'did': did, 'page': number})}",
    )
