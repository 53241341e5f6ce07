"""Clips and playlists for those who ask, on pages and as JSON: what may be shown of them put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.library.edit import as_masked_now
from models.library.find import openable, with_sound
from models.library.playlist import clips_of
from models.library.progress import answers_of, heard_by, share_heard, total_share
from models.library.rows import ClipHeardRow, ClipRow, PlaylistRow, QuizAnswerRow


@dataclass(frozen=True, slots=True)
class ShownClip:
    """A clip as one person may have it. `is_hidden`: a quiz asks about it still."""

    row: ClipRow
    can_open: bool
    has_recording: bool
    share: float = 0.0
    stopped_ms: int = 0
    answer: QuizAnswerRow | None = None
    is_hidden: bool = False


def shown_clips(
    opened: Session,
    clips: Sequence[ClipRow],
    *,
    person: str,
    answers: Mapping[int, QuizAnswerRow] | None = None,
) -> list[ShownClip]:
    """The clips with their state for a person. `answers` are given for a quiz: the others are hidden then."""
    clips = as_masked_now(opened, clips)
    calls, sounds = openable(opened, clips), with_sound(opened, clips)
    own: Mapping[int, ClipHeardRow] = heard_by(opened, clips, person) if person else {}
    shown = []
    for clip in clips:
        heard = own.get(clip.id or 0)
        answer = answers.get(clip.id or 0) if answers is not None else None
        shown.append(
            ShownClip(
                clip,
                clip.call_id in calls,
                clip.call_id in sounds,
                share_heard(clip, heard),
                heard.stopped_ms if heard else 0,
                answer,
                is_hidden=answers is not None and answer is None,
            )
        )
    return shown


@dataclass(frozen=True, slots=True)
class ShownPlaylist:
    """A playlist with a person's progress and score."""

    row: PlaylistRow
    clips: list[ShownClip]
    share: float
    answered: int
    right: int


def shown_playlist(opened: Session, row: PlaylistRow, *, person: str) -> ShownPlaylist:
    """A playlist for a person."""
    clips = clips_of(opened, row.id)
    given = {one.clip_id: one for one in answers_of(opened, row.id, person)} if person else {}
    shown = shown_clips(opened, clips, person=person, answers=given if row.is_quiz else None)
    in_it = [given[clip.id] for clip in clips if clip.id in given] if row.is_quiz else []
    return ShownPlaylist(
        row,
        shown,
        total_share(clips, heard_by(opened, clips, person) if person else {}),
        len(in_it),
        sum(one.is_right for one in in_it),
    )
