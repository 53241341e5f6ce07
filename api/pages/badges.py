"""Numbers in the navigation: what is new to whoever reads."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request

from api.deps import services_of
from api.pages.actor import actor_of
from models.call_comment import count_unread
from models.database import reading
from qa_engine.errors import CallQAError


def badges(request: Request) -> Mapping[str, int]:
    """Section → number; none where nobody has signed, or the database is away (the page of that error is drawn with this too)."""
    name = actor_of(request)
    unread = 0
    if name:
        try:
            with reading(services_of(request).engine) as opened:
                unread = count_unread(opened, name)
        except CallQAError:
            unread = 0
    return {"inbox": unread}
