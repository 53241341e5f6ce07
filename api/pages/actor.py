"""Who acts, until people sign in: a name typed into forms, remembered in a cookie."""

from __future__ import annotations

from urllib.parse import quote, unquote

from fastapi import Request, Response

ACTOR_COOKIE = "callqa_actor"
AGE_S = 180 * 86_400
MAX_CHARS = 60


def actor_of(request: Request) -> str:
    """The name remembered, "" where there is none yet."""
    return unquote(request.cookies.get(ACTOR_COOKIE, ""))[:MAX_CHARS].strip()


def remember_actor(response: Response, name: str) -> None:
    """Keeps the name for the next form. Cookies are ASCII, names are not."""
    kept = quote(name.strip()[:MAX_CHARS])
    response.set_cookie(ACTOR_COOKIE, kept, max_age=AGE_S, httponly=True, samesite="lax")
