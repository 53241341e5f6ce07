"""Who acts: who is signed in; where nobody signs in, a name typed into forms and remembered in a cookie."""

from __future__ import annotations

from urllib.parse import quote, unquote

from fastapi import Request, Response

from models.access.roles import current_access
from models.coaching import NoName

ACTOR_COOKIE = "callqa_actor"
AGE_S = 180 * 86_400
MAX_CHARS = 60


def actor_of(request: Request) -> str:
    """The name of who is signed in, else the name remembered, "" where there is none yet."""
    access = current_access()
    if access is not None:
        return access.name
    return unquote(request.cookies.get(ACTOR_COOKIE, ""))[:MAX_CHARS].strip()


def signed_actor(request: Request) -> str:
    """The name under which a change is kept. Raises `NoName` where nobody has signed."""
    name = actor_of(request)
    if not name:
        raise NoName("还没有写明复核人", hint="请先填写您的姓名")
    return name


def remember_actor(response: Response, name: str) -> None:
    """Keeps the name for the next form. Cookies are ASCII, names are not."""
    kept = quote(name.strip()[:MAX_CHARS])
    response.set_cookie(ACTOR_COOKIE, kept, max_age=AGE_S, httponly=True, samesite="lax")
