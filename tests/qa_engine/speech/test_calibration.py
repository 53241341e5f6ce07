"""Calibrated confidence is the share that turns out right; a model without a file is not calibrated."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest

from qa_engine.calls import Role, Turn, Word
from qa_engine.errors import BadSettings
from qa_engine.speech.calibration import (
    CALIBRATION,
    Calibration,
    around,
    calibration_of,
    log_odds,
    read_calibration,
)
from qa_engine.speech.calibration_fit import Heard, calibration_error, fit, reliability
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Segment


def overconfident(n: int, seed: int) -> list[Heard]:
    """Characters whose log odds are stated three times as high as they are."""
    rng = random.Random(seed)
    found: list[Heard] = []
    for _ in range(n):
        true_odds = rng.gauss(1.0, 1.0)
        right = rng.random() < 1 / (1 + 2.718281828 ** (-true_odds))
        found.append(Heard(3 * true_odds, 3.0, right))
    return found


def test_what_is_stated_comes_true_on_characters_not_seen() -> None:
    calibration = fit(overconfident(6000, 1), missed=0)
    unseen = overconfident(6000, 2)
    table = reliability([(calibration.chance(one.own, one.around), one.right) for one in unseen])
    assert calibration_error(table) < 0.03
    assert sum(cell.n for cell in table) == 6000


def test_a_surer_word_is_never_less_likely_right() -> None:
    calibration = fit(overconfident(3000, 3), missed=0)
    chances = [calibration.chance(own / 4, 3.0) for own in range(-40, 60)]
    assert all(earlier <= later for earlier, later in pairwise(chances))
    assert 0 < chances[0] < chances[-1] < 1


@pytest.mark.parametrize("right", [True, False])
def test_nothing_is_learned_from_characters_that_are_all_alike(right: bool) -> None:
    with pytest.raises(ValueError, match="characters are wrong"):
        fit([Heard(1.0, 1.0, right)] * 200, missed=0)


SIMPLE = Calibration(weights=(0.0, 1.0, 0.0), steps=((-9.0, 0.25), (0.0, 0.75)), missed=0.5)


def test_words_carry_the_chance_and_words_without_confidence_keep_none() -> None:
    words = (Word("您好", 0, 1, 0.9), Word("吗", 1, 2, 0.2), Word("。", 2, 2, None))
    (segment,) = SIMPLE.applied([Segment(0, 2, "您好吗。", words, 0.55)])
    assert [word.confidence for word in segment.words] == [0.75, 0.25, None]
    assert segment.confidence == 0.5


def test_expected_errors_count_characters_and_what_is_missed() -> None:
    words = (Word("您好", 0, 1, 0.75), Word("吗", 1, 2, 0.25))
    turns = (Turn(Role.AGENT, 0, 2, "您好吗", words=words),)
    assert SIMPLE.expected_cer(turns) == pytest.approx((2 * 0.25 + 0.75) / 3 * 1.5, abs=1e-3)
    assert SIMPLE.expected_cer(()) is None


def test_the_words_around_leave_out_those_without_confidence() -> None:
    assert around([1.0, None, 3.0]) == [2.0, 2.0, 2.0]
    assert around([None]) == [None]
    assert log_odds(Word("好", 0, 1, 1.0)) == pytest.approx(6.9, abs=0.1)


def test_the_demo_model_is_calibrated_and_a_bare_folder_is_not(tmp_path: Path) -> None:
    assert calibration_of(load_recognizer("demo")) is not None
    assert read_calibration(tmp_path) is None
    assert calibration_of(object()) is None


def test_a_broken_file_names_the_field(tmp_path: Path) -> None:
    (tmp_path / CALIBRATION).write_text('{"weights": [1, 2, 3], "steps": []}')
    with pytest.raises(BadSettings, match="steps"):
        read_calibration(tmp_path)
