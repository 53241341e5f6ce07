"""What an agent is found for, and what nobody is found for."""

from __future__ import annotations

import numpy as np
import pytest

from qa_engine.coaching.findings import compare, findings
from tests.qa_engine.coaching.worlds import cell

HARD, EASY = ("c", True, 2), ("c", False, 0)
PEERS = [cell(f"p{at}", 36, 40) for at in range(12)]


def test_an_agent_who_loses_more_is_found_with_figures() -> None:
    found = findings([*PEERS, cell("bad", 16, 40)], {"i": 8.0})["bad"][0]
    assert (found.n, found.peers, found.lost, found.expected) == (40, 12, 0.6, pytest.approx(0.1))
    assert found.points == pytest.approx(8 * 0.5)
    assert 0.3 < found.low < found.excess < found.high < 0.7


def test_hard_calls_are_no_fault() -> None:
    """All lose the same in the same kind of call; one has hard calls only."""
    cells = [one for at in range(12) for one in (
        cell(f"p{at}", 15, 30, stratum=HARD), cell(f"p{at}", 54, 60, stratum=EASY))]  # fmt: skip
    assert findings([*cells, cell("a", 30, 60, stratum=HARD)], {}) == {}


@pytest.mark.parametrize(("n", "peers"), [(19, 12), (40, 4)])
def test_too_few_calls_or_peers_find_nobody(n: int, peers: int) -> None:
    assert findings([*PEERS[:peers], cell("bad", 0, n)], {}) == {}


def test_calls_of_a_kind_that_no_peer_has_are_left_out() -> None:
    own = [cell("a", 10, 25), cell("a", 0, 30, stratum=HARD)]
    found = compare(own, {one.agent_id: [one] for one in PEERS}, weight=1)
    assert found is not None
    assert (found.n, found.left_out) == (25, 30)


def test_one_behaviour_each_and_the_most_points_first() -> None:
    cells = [cell(f"p{at}", 36, 40, item=item) for at in range(12) for item in "abcd"]
    cells += [cell("bad", 10, 40, item=item) for item in "abcd"]
    found = findings(cells, {"a": 1.0, "b": 4.0, "c": 3.0, "d": 2.0})["bad"]
    assert [one.item_id for one in found] == ["b", "c", "d"]


def test_alike_agents_are_hardly_ever_found() -> None:
    """60 centres of 40 agents and 15 items where all are the same: 36,000 comparisons."""
    random = np.random.default_rng(5)
    wrong = 0
    for _ in range(60):
        cells = [
            cell(f"a{at}", int(random.binomial(60, 0.8)), 60, item=f"i{item}")
            for at in range(40)
            for item in range(15)
        ]
        wrong += bool(findings(cells, {}))
    assert wrong <= 6  # centres with any finding at all: 5 % of 60 expected at most
