"""The comments of a call for its page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from sqlmodel import Session

from api.pages.actor import actor_of
from api.pages.languages import messages
from api.pages.rendering import words_of
from api.pages.views.call_page import CallView
from api.routes.comments import comment_body
from models.access.roles import Role, current_access
from models.call import get_call
from models.call_comment import comments_of, known_names, unread_in

SCRIPT_WORDS = "comment.js."


def load_comments(request: Request, opened: Session, view: CallView | None) -> Mapping[str, Any] | None:
    """What the script needs, and what is drawn without one; None where there is no transcript yet."""
    if view is None:
        return None
    name, words, access = actor_of(request), words_of(request), current_access()
    return {
        "call": view.id,
        "name": name,
        "is_agent": access is not None and access.role is Role.AGENT,
        "comments": [comment_body(row, name).model_dump(mode="json") for row in comments_of(opened, view.id)],
        "unread": unread_in(opened, view.id, name),
        "people": list(known_names(opened, get_call(opened, view.id))),
        "words": {
            key.removeprefix(SCRIPT_WORDS): words(key) for key in messages() if key.startswith(SCRIPT_WORDS)
        },
    }
