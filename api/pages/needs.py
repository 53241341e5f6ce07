"""What waits for the reader now, for the head of the board."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request
from sqlmodel import Session

from api.pages.actor import actor_of
from api.pages.languages import Words
from api.pages.views.needs import NeedsView, view_needs
from models.board_scope import BoardScope
from models.clock import now_of, today_of
from models.columns import utc_now
from models.needs import Asking, needs
from models.review_pairs import verdict_counts
from models.settings import Settings
from qa_engine.quality.agreement import agreement

AGREEMENT_DAYS = 28


def needs_view(request: Request, opened: Session, settings: Settings, words: Words) -> NeedsView:
    """Everything that the reader may work on, and how far machine and reviewers agree on the calls of four weeks."""
    today = today_of(settings)
    asking = Asking(settings, actor_of(request), today, now_of(settings))
    rubric = next(iter(settings.rubric_ids), "")
    scope = BoardScope(rubric, today - timedelta(days=AGREEMENT_DAYS - 1), today)
    found = agreement(verdict_counts(opened, scope))
    return view_needs(needs(opened, asking), found, scope, words=words, now=utc_now())
