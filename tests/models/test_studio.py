"""Drafts and releases: nothing lost between writers, one number for one way to score, and what is in force."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.columns import utc_now
from models.database import session
from models.settings import Settings
from models.studio import draft as drafting
from models.studio.draft import (
    DraftConflict,
    DraftRow,
    DraftState,
    Origin,
    get_draft,
    restore_revision,
    revision_text,
    revisions_of,
    save_draft,
    start_draft,
)
from models.studio.forms import forms_in
from models.studio.publish import (
    FILE,
    NotReleasable,
    OtherInForce,
    Wish,
    call_off,
    plan_release,
    release_again,
    release_draft,
)
from models.studio.release import ReleaseRow
from qa_engine.errors import BadInput, Conflict
from tests.conftest import make_settings

FORM = (Path(__file__).parents[1] / "workers/rubrics/short-form.yaml").read_text("utf-8")
LATER = FORM.replace("any_of: [您好]", "any_of: [您好, 你好]")
OTHER = FORM.replace("any_of: [您好]", "any_of: [您好, 早上好]")


@pytest.fixture
def own(tmp_path: Path, database_url: str) -> Settings:
    """An installation whose own form `short-form` scores calls, as its file has it."""
    (tmp_path / "rubrics").mkdir()
    (tmp_path / "rubrics/short-form.yaml").write_text(FORM, "utf-8")
    return make_settings(tmp_path, database_url, rubrics_dir=tmp_path / "rubrics", rubrics="short-form")


def released(
    engine: Engine, settings: Settings, text: str, *, in_force: str = FILE, **how: object
) -> ReleaseRow:
    with session(engine) as opened:
        made = start_draft(opened, "short-form", Origin(text), by="王经理")
        wish = Wish(note="改了开场", by="王经理", in_force=in_force, revision=1, **how)  # type: ignore[arg-type]
        return release_draft(opened, settings, made.id, wish)


def test_two_writers_lose_nothing(engine: Engine) -> None:
    with session(engine) as opened:
        made = start_draft(opened, "short-form", Origin(FORM), by="甲")
        save_draft(opened, made.id, FORM + "# 甲\n", revision=1, by="甲")
    with session(engine) as opened, pytest.raises(DraftConflict, match="甲"):
        save_draft(opened, made.id, FORM + "# 乙\n", revision=1, by="乙")
    with session(engine) as opened:
        save_draft(opened, made.id, FORM + "# 乙\n", revision=2, by="乙")
        assert [row.saved_by for row in revisions_of(opened, made.id)] == ["乙", "甲", "甲"]
        assert revision_text(opened, made.id, 2).endswith("# 甲\n")


def test_a_state_is_brought_back_and_the_newer_one_kept(engine: Engine) -> None:
    with session(engine) as opened:
        made = start_draft(opened, "short-form", Origin(FORM), by="甲")
        save_draft(opened, made.id, "rubric: [", revision=1, by="甲")
        restore_revision(opened, made.id, 1, revision=2, by="甲")
        assert get_draft(opened, made.id).source == FORM
        assert [row.revision for row in revisions_of(opened, made.id)] == [3, 2, 1]
        assert revision_text(opened, made.id, 2) == "rubric: ["


def test_typing_is_one_state_a_minute(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    with session(engine) as opened:
        made = start_draft(opened, "short-form", Origin(FORM), by="甲")
        for number in range(1, 13):
            monkeypatch.setattr(drafting, "utc_now", lambda at=now + timedelta(seconds=10 * number): at)
            save_draft(opened, made.id, f"{FORM}# {number}\n", revision=number, by="甲")
        kept = [revision_text(opened, made.id, row.revision)[-3:-1] for row in revisions_of(opened, made.id)]
    assert kept == ["12", " 6", kept[-1]]


def test_a_release_is_in_force_for_everybody_and_the_file_no_longer(engine: Engine, own: Settings) -> None:
    row = released(engine, own, LATER)
    with session(engine) as opened:
        forms = forms_in(opened, own)
        form = forms.rubric("short-form")
        assert (row.version, form.version, form.sha256) == (2, 2, row.sha256)
        assert "version: 2" in forms.text("short-form")
        assert forms.file_rubric("short-form").version == 1
        assert opened.exec(select(DraftRow.state)).one() == DraftState.RELEASED


def test_texts_alone_keep_the_number_and_every_other_change_raises_it(engine: Engine, own: Settings) -> None:
    with session(engine) as opened:
        renamed = plan_release(opened, own, FORM.replace("title: 测试表", "title: 新名字"), "short-form")
        changed = plan_release(opened, own, LATER, "short-form")
        same = plan_release(opened, own, FORM, "short-form")
    assert (renamed.version, renamed.is_ready) == (1, True)
    assert (changed.version, changed.is_ready) == (2, True)
    assert [reason.code for reason in same.reasons] == ["unchanged"]


def test_a_number_that_was_used_is_never_given_to_other_content(engine: Engine, own: Settings) -> None:
    first = released(engine, own, LATER)
    back = again(engine, own, FILE, in_force=str(first.id))
    assert (back.version, back.repeats) == (1, None)
    third = released(engine, own, OTHER, in_force=str(back.id))
    assert third.version == 3


def again(engine: Engine, settings: Settings, older: str, *, in_force: str) -> ReleaseRow:
    with session(engine) as opened:
        wish = Wish(note="退回", by="王经理", in_force=in_force, revision=0)
        return release_again(opened, settings, "short-form", older, wish)


def test_going_back_puts_the_very_form_in_force(engine: Engine, own: Settings) -> None:
    second = released(engine, own, LATER)
    third = released(engine, own, OTHER, in_force=str(second.id))
    back = again(engine, own, str(second.id), in_force=str(third.id))
    assert (back.version, back.sha256, back.repeats) == (2, second.sha256, second.id)
    with session(engine) as opened:
        assert forms_in(opened, own).rubric("short-form").sha256 == second.sha256


def test_faults_failed_examples_and_other_ids_are_refused(engine: Engine, own: Settings) -> None:
    for text, why in (
        (LATER.replace("pass_when", "pas_when"), "pas_when"),
        (LATER.replace('pass: ["坐席:您好"]', 'pass: ["坐席:喂喂"]'), "喂喂"),
        (LATER.replace("rubric: short-form", "rubric: other"), "other"),
    ):
        with pytest.raises(NotReleasable, match=why):
            released(engine, own, text)


def test_who_saw_another_form_in_force_must_look_again(engine: Engine, own: Settings) -> None:
    released(engine, own, LATER)
    with pytest.raises(OtherInForce):
        released(engine, own, OTHER)


def test_a_note_is_required_and_the_past_refused(engine: Engine, own: Settings) -> None:
    with session(engine) as opened:
        made = start_draft(opened, "short-form", Origin(LATER), by="甲")
        for wish in (
            Wish(note="  ", by="甲", in_force=FILE, revision=1),
            Wish(note="x", by="甲", in_force=FILE, revision=1, starts_at=utc_now() - timedelta(days=1)),
        ):
            with pytest.raises(BadInput):
                release_draft(opened, own, made.id, wish)


def test_a_planned_release_waits_and_can_be_called_off(engine: Engine, own: Settings) -> None:
    row = released(engine, own, LATER, starts_at=utc_now() + timedelta(days=1))
    with session(engine) as opened:
        assert forms_in(opened, own).rubric("short-form").version == 1
        assert row.id is not None
        call_off(opened, "short-form", row.id, by="王经理")
    with session(engine) as opened, pytest.raises(Conflict):
        call_off(opened, "short-form", row.id, by="王经理")


def test_a_released_form_scores_calls_if_it_says_so(engine: Engine, own: Settings) -> None:
    text = FORM.replace("rubric: short-form", "rubric: new-form")
    with session(engine) as opened:
        made = start_draft(opened, "new-form", Origin(text), by="甲")
        release_draft(opened, own, made.id, Wish(note="新表", by="甲", in_force="", revision=1))
        assert forms_in(opened, own).active == ("short-form", "new-form")
        other = start_draft(opened, "short-form", Origin(LATER), by="甲")
        silent = Wish(note="停用", by="甲", in_force=FILE, revision=1, scores_calls=False)
        release_draft(opened, own, other.id, silent)
        assert forms_in(opened, own).active == ("new-form",)


def test_words_of_the_centre_come_with_the_form_and_shipped_lists_stay_as_they_were(
    engine: Engine, own: Settings, tmp_path: Path
) -> None:
    row = released(engine, own, LATER)
    names = tmp_path / "names.yaml"
    names.write_text("公司名: [远山财富]\n", "utf-8")
    with session(engine) as opened:
        before = forms_in(opened, own).rubric("short-form")
        after = forms_in(opened, own.model_copy(update={"phrases": names})).rubric("short-form")
    assert before.sha256 == after.sha256 == row.sha256
    assert "远山财富" in after.phrases["公司名"]
    assert {name for name in after.phrases if after.phrases[name] != before.phrases[name]} == {"公司名"}
