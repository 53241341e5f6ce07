"""The example library on both databases."""

from __future__ import annotations

from sqlalchemy import Engine

from models.database import session
from models.library.candidates import dismiss, propose, take_back
from models.library.edit import Draft, edit_clip, save_clip, undo_edit
from models.library.find import ClipFilter, find_clips, get_clip
from models.library.playlist import add_clip, clips_of, make_playlist, move_clip, sizes
from models.library.progress import answer, note_heard, share_heard, standings
from models.library.rows import Polarity
from models.transcript import save_transcript, transcript_row
from tests.models.builders import add_call, transcript


def test_from_clip_to_quiz(engine: Engine) -> None:
    call_id = add_call(engine, campaign="ins", duration_s=4.0)
    with session(engine) as opened:
        save_transcript(opened, transcript_row(call_id, transcript(call_id), None))
        drafts = [Draft(0, 2800, f"第 {n} 个", polarity) for n, polarity in enumerate(Polarity)]
        clips = [save_clip(opened, call_id, draft, name="周老师") for draft in drafts]
        ids = [clip.id or 0 for clip in clips]
        found = find_clips(opened, ClipFilter(length="short", campaign="ins"))
        assert [clip.id for clip in found.clips] == ids[::-1]
        assert found.facets["length"] == {"short": 2}
        assert found.facets["polarity"] == {"bad": 1, "good": 1}
        edit_clip(opened, clips[0], Draft(500, 2800, "改", Polarity.GOOD), version=1, name="周老师")
        undo_edit(opened, clips[0], name="周老师")
        assert (get_clip(opened, ids[0]).title, clips[0].length_ms) == ("第 0 个", 2800)
        assert [line["text"] for line in clips[0].lines] == ["您好,这里是安心保险。", "不"]
        lesson = make_playlist(opened, title="一课", is_quiz=True, name="周老师")
        for clip_id in (*ids, ids[0]):
            add_clip(opened, lesson.id, clip_id)
        move_clip(opened, lesson.id, ids[1], -1)
        assert [clip.id for clip in clips_of(opened, lesson.id)] == ids[::-1]
        assert sizes(opened, [lesson.id]) == {lesson.id: 2}
        heard = note_heard(opened, clips[0], [(0, 1400)], stopped_ms=1400, name="李晓梅")
        assert share_heard(clips[0], heard) == 0.5
        assert answer(opened, lesson, clips[0], "pass", name="李晓梅").is_right
        (standing,) = standings(opened, lesson.id, clips_of(opened, lesson.id))
        assert (standing.share, standing.answered, standing.right) == (0.25, 1, 1)


def test_nothing_is_proposed_without_scores(engine: Engine) -> None:
    call_id = add_call(engine)
    with session(engine) as opened:
        dismiss(opened, call_id, "opening.identity", name="x")
        opened.flush()
        dismiss(opened, call_id, "opening.identity", name="y")
        take_back(opened, call_id, "opening.identity")
        assert propose(opened) == ([], 0)
