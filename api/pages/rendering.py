"""Templates → HTML answers, in the reader's language and theme, with the pages' content security policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.deps import services_of
from api.pages.assets import asset_url
from api.pages.badges import badges
from api.pages.figures import clock, number
from api.pages.languages import NAMES, Language, Words, choose_language
from api.pages.navigation import entries, home_of
from api.pages.shortcuts import EVERYWHERE, shortcut_data
from models.access.roles import current_access

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
LANGUAGE_COOKIE = "callqa_lang"
THEME_COOKIE = "callqa_theme"
THEMES = ("light", "dark")
COOKIE_AGE_S = int(timedelta(days=365).total_seconds())
# Stricter than the service's: no inline style attributes either, so that hostile text can't dress up as the page.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; media-src 'self'; script-src 'self'; style-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=clock, number=number, json_block=_json_block)
    environment.globals.update(asset=asset_url, languages=NAMES, shortcut_data=shortcut_data)
    return environment


def _json_block(value: object) -> Markup:
    """JSON for `<script type="application/json">`: nothing in it can end the element or open a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 (escaped just above)


def words_of(request: Request) -> Words:
    """The reader's language."""
    return Words(
        choose_language(
            asked=request.query_params.get("lang"),
            remembered=request.cookies.get(LANGUAGE_COOKIE),
            accept=request.headers.get("accept-language"),
        )
    )


def theme_of(request: Request) -> str:
    """`light` or `dark` where the reader chose one, "" where the system decides."""
    chosen = request.query_params.get("theme") or request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in THEMES else ""


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """The answer made of a template. `?lang=` and `?theme=` are remembered in cookies."""
    words = words_of(request)
    context: Mapping[str, Any] = {
        "t": words,
        "script": words.script,
        "prose": words.prose,
        "language": words.language,
        "theme": theme_of(request),
        "here": _address(request),
        "preference_url": lambda **change: _preference_url(request, change),
        "shortcuts": EVERYWHERE,
        "base_url": str(request.base_url),
        "nav": "",
        "demo_day": services_of(request).settings.today,
        "navigation": entries(),
        "me": current_access(),
        "home": home_of(current_access()),
        "badges": lambda: badges(request),
        **values,
    }
    response = HTMLResponse(_environment().get_template(template).render(context), status)
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = words.language.value
    response.headers["Vary"] = "Accept-Language, Cookie"
    if request.query_params.get("lang") in set(Language):
        _remember(response, LANGUAGE_COOKIE, words.language.value)
    if request.query_params.get("theme") in THEMES:
        _remember(response, THEME_COOKIE, theme_of(request))
    return response


def _remember(response: HTMLResponse, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=COOKIE_AGE_S, httponly=True, samesite="lax")


def _address(request: Request) -> str:
    query = [
        (key, value) for key, value in request.query_params.multi_items() if key not in {"lang", "theme"}
    ]
    return f"{request.url.path}?{urlencode(query)}" if query else request.url.path


def _preference_url(request: Request, change: Mapping[str, str]) -> str:
    """The same page in another language or theme."""
    here = _address(request)
    return f"{here}{'&' if '?' in here else '?'}{urlencode(change)}"
