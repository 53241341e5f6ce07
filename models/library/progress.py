"""What people have heard of clips and answered in quizzes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from models.access.roles import current_access
from models.columns import utc_now
from models.database import lock_names
from models.library.rows import ClipHeardRow, ClipRow, PlaylistRow, Polarity, QuizAnswerRow
from qa_engine.errors import Conflict
from qa_engine.library.listened import HEARD_FROM, heard, share
from qa_engine.library.masking import Stretch

MOST_STRETCHES = 200
ANSWERS = {"pass": Polarity.GOOD, "fail": Polarity.BAD}
"""What a listener says about the item, and the clip of which it is true."""


class NoQuiz(Conflict):
    """Answers are taken in a quiz only."""

    code = "not_a_quiz"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a person is: share of the clips' time heard (0..1), clips heard, answers and right ones."""

    person: str
    name: str
    share: float
    heard: int
    answered: int
    right: int


def person_of(name: str) -> str:
    """Whose progress it is: the login, or the name where nobody signs in."""
    access = current_access()
    return access.login if access is not None else name


def note_heard(
    opened: Session, clip: ClipRow, played: Iterable[Stretch], *, stopped_ms: int, name: str
) -> ClipHeardRow:
    """Adds what was played to what this person has heard; the same seconds twice count once."""
    assert clip.id is not None
    person = person_of(name)
    lock_names(opened, f"heard:{clip.id}:{person}")
    row = opened.get(ClipHeardRow, (clip.id, person))
    if row is None:
        row = ClipHeardRow(clip_id=clip.id, person=person, name=name)
    known = [(start, end) for start, end in row.stretches]
    row.stretches = [list(one) for one in heard(known, played, length_ms=clip.length_ms)][:MOST_STRETCHES]
    row.stopped_ms = min(max(0, stopped_ms), clip.length_ms)
    row.name, row.heard_at = name, utc_now()
    opened.add(row)
    opened.flush()
    return row


def heard_by(opened: Session, clips: Sequence[ClipRow], person: str) -> Mapping[int, ClipHeardRow]:
    """What a person has heard, by clip."""
    ids = [clip.id for clip in clips]
    rows = opened.exec(
        select(ClipHeardRow).where(col(ClipHeardRow.clip_id).in_(ids), ClipHeardRow.person == person)
    ).all()
    return {row.clip_id: row for row in rows}


def share_heard(clip: ClipRow, row: ClipHeardRow | None) -> float:
    """Of a clip as it is now, 0..1: a clip that was cut shorter is not heard beyond its end."""
    if row is None:
        return 0.0
    return share(heard([], [(a, b) for a, b in row.stretches], length_ms=clip.length_ms), clip.length_ms)


def answer(opened: Session, playlist: PlaylistRow, clip: ClipRow, said: str, *, name: str) -> QuizAnswerRow:
    """Keeps a person's answer; the first one stands. Raises `NoQuiz`."""
    if not playlist.is_quiz:
        raise NoQuiz("这个课程不是测验", hint="在课程页面打开测验模式")
    assert clip.id is not None
    person = person_of(name)
    lock_names(opened, f"quiz:{playlist.id}:{clip.id}:{person}")
    row = opened.get(QuizAnswerRow, (playlist.id, clip.id, person))
    if row is None:
        row = QuizAnswerRow(
            playlist_id=playlist.id,
            clip_id=clip.id,
            person=person,
            name=name,
            answer=said,
            is_right=ANSWERS[said] == clip.polarity,
        )
        opened.add(row)
        opened.flush()
    return row


def answers_of(opened: Session, playlist_id: str, person: str | None = None) -> Sequence[QuizAnswerRow]:
    """Answers of a quiz in the order in which they came; of one person where one is named."""
    wanted = select(QuizAnswerRow).where(QuizAnswerRow.playlist_id == playlist_id)
    if person is not None:
        wanted = wanted.where(QuizAnswerRow.person == person)
    return opened.exec(
        wanted.order_by(col(QuizAnswerRow.answered_at), col(QuizAnswerRow.clip_id), QuizAnswerRow.person)
    ).all()


def standings(opened: Session, playlist_id: str, clips: Sequence[ClipRow]) -> Sequence[Standing]:
    """Everybody who has listened or answered, by name."""
    ids = [clip.id for clip in clips]
    rows = opened.exec(select(ClipHeardRow).where(col(ClipHeardRow.clip_id).in_(ids))).all()
    given = [one for one in answers_of(opened, playlist_id) if one.clip_id in set(ids)]
    names = {one.person: one.name for one in given} | {one.person: one.name for one in rows}
    found = []
    for person, name in names.items():
        own = {row.clip_id: row for row in rows if row.person == person}
        said = [one for one in given if one.person == person]
        found.append(
            Standing(
                person,
                name,
                total_share(clips, own),
                sum(share_heard(clip, own.get(clip.id or 0)) >= HEARD_FROM for clip in clips),
                len(said),
                sum(one.is_right for one in said),
            )
        )
    return sorted(found, key=lambda one: (one.name, one.person))


def total_share(clips: Sequence[ClipRow], own: Mapping[int, ClipHeardRow]) -> float:
    """Share of the time of all clips, 0..1."""
    length = sum(clip.length_ms for clip in clips)
    if not length:
        return 0.0
    return sum(share_heard(clip, own.get(clip.id or 0)) * clip.length_ms for clip in clips) / length
