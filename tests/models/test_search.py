"""The index follows the transcripts in the same transaction, on both databases, and each sees only what is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import pytest
from sqlalchemy import Engine, delete, text
from sqlmodel import col

from models import search as searching
from models.access import visible as _visible  # noqa: F401 (narrows every query from here on)
from models.access.roles import Access, Role, set_access
from models.agent import AgentRow, TeamRow
from models.call import CallRow
from models.call_filter import CallFilter
from models.call_measure import Mood, note_measures
from models.database import is_postgresql, reading, session
from models.search import FoundCalls, SearchSort, search_calls
from models.search_document import FTS, SearchDocumentRow, rebuild, unindexed
from models.transcript import save_transcript, transcript_row
from qa_engine import calls as engine_calls
from qa_engine.calls import CallId, Transcript, Turn
from qa_engine.search.query import parse_query
from tests.models.builders import add_call

AGENT, CUSTOMER = engine_calls.Role.AGENT, engine_calls.Role.CUSTOMER


def say(engine: Engine, call_id: str, *said: tuple[engine_calls.Role, str]) -> None:
    turns = tuple(Turn(role, 2.0 * at, 2.0 * at + 1, words) for at, (role, words) in enumerate(said))
    with session(engine) as opened:
        spoken = Transcript(CallId(call_id), 60.0, turns)
        save_transcript(opened, transcript_row(call_id, spoken, None))


def find(engine: Engine, query: str, wanted: CallFilter | None = None, **options: object) -> FoundCalls:
    with reading(engine) as opened:
        return search_calls(opened, parse_query(query), wanted, **options)  # type: ignore[arg-type]


def ids(engine: Engine, query: str, wanted: CallFilter | None = None, **options: object) -> Sequence[str]:
    return [one.call_id for one in find(engine, query, wanted, **options).calls]


@pytest.fixture
def said(engine: Engine) -> Engine:
    """`spelled` says 续保, `alike` a homophone of it, `other` neither."""
    add_call(engine, "spelled", day=date(2026, 11, 2), campaign="a")
    add_call(engine, "alike", day=date(2026, 11, 3), campaign="b")
    add_call(engine, "other", day=date(2026, 11, 4))
    say(engine, "spelled", (AGENT, "明年要續保嗎"), (CUSTOMER, "一共两万五,我电话13800138000"))
    say(engine, "alike", (AGENT, "明年要续宝吗"), (CUSTOMER, "再考虑一下"))
    say(engine, "other", (AGENT, "您好"), (CUSTOMER, "不需要"))
    return engine


def test_spelled_comes_before_what_sounds_alike(said: Engine) -> None:
    found = find(said, "续保")
    assert [(one.call_id, one.match.sounds) for one in found.calls] == [("spelled", False), ("alike", True)]
    assert found.exact == 1
    assert ids(said, "续保", sort=SearchSort.NEWEST)[0] in {"spelled", "alike"}
    assert ids(said, "续保", by_sound=False) == ["spelled"]
    assert ids(said, '"续保"') == ["spelled"]
    assert ids(said, "25000") == ids(said, "两万五") == ["spelled"]
    assert ids(said, "续保 -考虑") == ["spelled"]
    assert ids(said, "13800138000") == ids(said, "8000") == []


def test_filters_are_those_of_the_list(said: Engine) -> None:
    with session(said) as opened:
        upset = {
            "speakers": {"customer": {"sentiment": {"end": -0.6, "shift": 0.1}}},
            "signals": {"silence_ratio": 0.4},
        }
        note_measures(opened, "alike", upset)
    assert ids(said, "续保", CallFilter(campaign="b")) == ["alike"]
    assert ids(said, "续保", CallFilter(last_day=date(2026, 11, 2))) == ["spelled"]
    assert ids(said, "续保", CallFilter(mood=Mood.ENDED_BAD)) == ["alike"]
    assert ids(said, "续保", CallFilter(mood=Mood.WORSE)) == []
    assert ids(said, "续保", CallFilter(min_silence=40, max_silence=50)) == ["alike"]
    assert ids(said, "续保", CallFilter(min_silence=41)) == []
    assert ids(said, "续保", CallFilter(min_score=1)) == []
    assert ids(said, "续保", call_id="alike") == ["alike"]


def test_a_corrected_transcript_is_found_by_its_new_words_alone(said: Engine) -> None:
    say(said, "other", (AGENT, "您好"), (CUSTOMER, "我要投诉"))
    assert ids(said, "投诉") == ["other"]
    assert ids(said, "不需要") == []


def test_what_is_undone_was_never_indexed(said: Engine) -> None:
    class Stop(Exception):
        pass

    def failing() -> None:
        with session(said) as opened:
            turns = (Turn(CUSTOMER, 0.0, 1.0, "我要投诉"),)
            save_transcript(opened, transcript_row("other", Transcript(CallId("other"), 9.0, turns), None))
            raise Stop

    with pytest.raises(Stop):
        failing()
    assert ids(said, "投诉") == []
    assert ids(said, "不需要") == ["other"]


def test_nothing_is_left_of_a_call_that_is_purged(said: Engine) -> None:
    with session(said) as opened:
        opened.execute(delete(CallRow).where(col(CallRow.id) == "spelled"))
    assert ids(said, "续保") == ["alike"]
    with session(said) as opened:
        opened.execute(delete(CallRow))
    with reading(said) as opened:
        if not is_postgresql(opened):
            terms = opened.execute(
                text(f"SELECT count(*) FROM {FTS} WHERE {FTS} MATCH 'a* OR b* OR c* OR 0* OR 1*'")
            )
            assert terms.scalar_one() == 0
        assert opened.execute(text("SELECT count(*) FROM search_document")).scalar_one() == 0


def test_a_rebuild_indexes_what_is_missing(said: Engine) -> None:
    with session(said) as opened:
        opened.execute(delete(SearchDocumentRow).where(col(SearchDocumentRow.call_id) == "alike"))
    with reading(said) as opened:
        assert unindexed(opened) == 1
    assert ids(said, "续保") == ["spelled"]
    seen: list[tuple[int, int]] = []
    assert rebuild(said, on_progress=lambda done, of: seen.append((done, of))) == 1
    assert seen == [(1, 1)]
    assert rebuild(said) == 0
    assert ids(said, "续保") == ["spelled", "alike"]
    assert rebuild(said, every=True) == 3
    assert ids(said, "续保") == ["spelled", "alike"]


def test_more_candidates_than_are_checked_are_said_to_be_more(
    said: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST", 1)
    found = find(said, "明年")
    assert found.has_more
    assert len(found.calls) == 1


@pytest.fixture
def _nobody() -> Iterator[None]:
    yield
    set_access(None)


@pytest.mark.usefixtures("_nobody")
@pytest.mark.parametrize("wide", [1, 3000])
def test_everybody_finds_their_own(said: Engine, monkeypatch: pytest.MonkeyPatch, wide: int) -> None:
    monkeypatch.setattr(searching, "WIDE", wide)
    with session(said) as opened:
        opened.add_all([TeamRow(id="T1", name=""), TeamRow(id="T2", name="")])
        opened.add_all([AgentRow(id="A1", name=""), AgentRow(id="A2", name="")])
        opened.flush()
        for call_id, agent, team in (("spelled", "A1", "T1"), ("alike", "A2", "T2")):
            call = opened.get_one(CallRow, call_id)
            call.agent_id, call.team_id = agent, team
            opened.add(call)
    set_access(Access(1, "a1", "A1", Role.AGENT, agent_id="A1"))
    assert ids(said, "续保") == ["spelled"]
    set_access(Access(2, "lead", "Lead", Role.TEAM_LEAD, teams=("T2",)))
    found = find(said, "续保")
    assert [one.call_id for one in found.calls] == ["alike"]
    assert found.exact == 0
    set_access(Access(3, "t", "T", Role.TRAINER))
    assert ids(said, "续保") == ["spelled", "alike"]
