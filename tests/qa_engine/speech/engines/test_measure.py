"""Which layout is chosen, and that trying them runs the real model."""

from __future__ import annotations

import pytest

from qa_engine.speech.engines.catalog import demo_folder
from qa_engine.speech.engines.layout import Layout, own_cores
from qa_engine.speech.engines.measure import BATCHES, REPEATS, Measured, Timed, measure, splits
from qa_engine.speech.media import decode
from tests.api.pages.product import SAMPLES


@pytest.mark.parametrize(
    ("cores", "workers"), [(1, [1]), (2, [2, 1]), (4, [4, 2, 1]), (6, [6, 3, 2, 1]), (16, [16, 8, 4, 2, 1])]
)
def test_the_cores_are_shared_in_a_few_ways_the_usual_one_first(cores: int, workers: list[int]) -> None:
    tried = splits(cores)
    assert [layout.workers for layout in tried] == workers
    assert all(layout.workers * layout.threads <= cores for layout in tried)
    assert tried[0] == Layout().filled(cores)


def test_a_layout_that_is_hardly_faster_is_not_taken() -> None:
    usual, other = Timed(Layout(2, 1, 8), 10.0), Layout(1, 2, 8)
    assert Measured((usual, Timed(other, 10.2)), 8).best is usual
    assert Measured((usual, Timed(other, 10.4)), 8).best.layout == other
    assert Measured((usual, Timed(other, 4.0)), 8).best is usual


def test_measuring_decodes_with_the_model_itself() -> None:
    told: list[Timed] = []
    sound = decode(SAMPLES / "edu-001" / "audio.opus").samples[0]
    found = measure(
        demo_folder(), sound, device="cpu", compute_type="int8", cores=1, run_s=0.01, told=told.append
    )
    assert [timed.layout.batch for timed in found.tried] == [8, *BATCHES]
    assert len(told) == REPEATS * (1 + 1 + len(BATCHES))
    assert all(timed.windows_s > 0 for timed in found.tried)
    assert found.windows == 2


def test_the_cores_of_this_process_are_known() -> None:
    assert own_cores() >= 1
