"""The labelled sets keep their form and their size: a set that shrinks or drifts judges nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.bench.labelled import OBJECTION_TYPES, load_objections, load_sentiment


def test_sentiment_has_enough_windows_of_each_label():
    labels = Counter(case.label for case in load_sentiment())

    assert labels.total() >= 420
    assert 0.30 <= labels["negative"] / labels.total() <= 0.40
    assert 0.20 <= labels["positive"] / labels.total() <= 0.30
    assert 0.35 <= labels["neutral"] / labels.total() <= 0.45


def test_about_half_of_the_sentiment_windows_hold_more_than_one_turn():
    cases = load_sentiment()

    assert 0.45 <= sum(len(case.turns) > 1 for case in cases) / len(cases) <= 0.55


def test_no_window_or_utterance_is_there_twice():
    for cases in (load_sentiment(), load_objections()):
        assert len({case.turns for case in cases}) == len(cases)


@pytest.mark.parametrize("kind", OBJECTION_TYPES)
def test_every_objection_type_has_enough_positives(kind):
    assert sum(any(found.type == kind for found in case.objections) for case in load_objections()) >= 22


def test_objections_has_enough_cases_look_alikes_and_handled_dialogues():
    cases = load_objections()

    assert len(cases) >= 320
    assert sum(not case.objections for case in cases) >= 70
    assert sum(any(found.outcome for found in case.objections) for case in cases) >= 90


def test_every_outcome_and_step_occurs():
    found = [found for case in load_objections() for found in case.objections]

    assert {one.outcome for one in found} == {None, "open", "resolved", "lost"}
    assert {step for one in found for step in one.steps or ()} == {
        "acknowledge", "clarify", "respond", "confirm", "advance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("turns", "label", "complaint"),
    [
        ('["客户:好"]', "happy", "has the label 'happy'"),  # no such label
        ('["客户:好", "坐席:嗯"]', "neutral", "does not end with the customer"),
        ('["好"]', "neutral", "without speaker"),
    ],
)
def test_a_broken_window_is_named(tmp_path, turns, label, complaint):
    file = tmp_path / "sentiment.yaml"
    file.write_text(f"- {{id: s1, label: {label}, turns: {turns}}}\n", "utf-8")

    with pytest.raises(ValueError, match=f"s1 .*{complaint}"):
        load_sentiment(file)


@pytest.mark.parametrize(
    ("objection", "complaint"),
    [
        ("{turn: 1, type: price}", "turn 1 is not the customer's"),
        ("{turn: 0, type: money}", "has the type 'money'"),
        ("{turn: 0, type: price, steps: [respond], outcome: resolved}", "without acknowledge and respond"),
        ("{turn: 0, type: price, steps: [respond]}", "steps without outcome"),
        ("{turn: 0, type: price, steps: [respond, acknowledge], outcome: open}", "has the steps"),
    ],
)
def test_a_broken_objection_is_named(tmp_path, objection, complaint):
    file = tmp_path / "objections.yaml"
    file.write_text(f'- {{id: o1, turns: ["客户:贵", "坐席:不贵"], objections: [{objection}]}}\n', "utf-8")

    with pytest.raises(ValueError, match=f"o1 .*{complaint}"):
        load_objections(file)


def test_an_id_used_twice_is_named(tmp_path):
    file = tmp_path / "sentiment.yaml"
    file.write_text('- {id: s1, label: neutral, turns: ["客户:嗯"]}\n' * 2, "utf-8")

    with pytest.raises(ValueError, match="s1 is used twice"):
        load_sentiment(file)
