"""Proposed moments are sure, and no two are alike."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qa_engine.library.choose import ALIKE, Moment, choose, likeness
from qa_engine.library.listened import heard, share

FIRST = Moment("c1", "A1", "opening.identity", True, 0.9, "您好,我是安心保险的李晓梅", 0, 9000)


def moment(call: str, agent: str, sureness: float, text: str) -> Moment:
    return replace(FIRST, call_id=call, agent_id=agent, sureness=sureness, text=text)


def test_neither_agent_nor_call_nor_phrase_comes_twice() -> None:
    same_agent = moment("c2", "A1", 0.95, "早上好,这里是安心")
    same_phrase = moment("c3", "A2", 0.8, "您好!我是安心保险的李晓梅。")
    other = moment("c4", "A3", 0.5, "打扰了,我这边做理财")
    assert choose([FIRST, same_phrase, other], 3) == (FIRST, other)
    assert choose([FIRST, same_agent, other], 3) == (same_agent, other)


def test_what_is_new_goes_before_what_is_a_little_surer() -> None:
    near = moment("c2", "A2", 0.85, "您好,我是安心保险的王芳啊")
    far = moment("c3", "A3", 0.8, "打扰一下,这边做理财")
    assert choose([FIRST, near, far], 2) == (FIRST, far)
    assert choose([FIRST, near, far], 3) == (FIRST, far, near)


MOMENTS = st.lists(
    st.builds(
        moment,
        st.sampled_from("abcdefgh"),
        st.sampled_from(["", "A1", "A2", "A3", "A4"]),
        st.floats(0, 1),
        st.text("你我他好的是", max_size=8),
    ),
    max_size=12,
)


@given(MOMENTS, st.integers(0, 6))
def test_the_choice(moments: list[Moment], n: int) -> None:
    chosen = choose(moments, n)
    assert len(chosen) <= n
    assert all(likeness(a, b) < ALIKE for i, a in enumerate(chosen) for b in chosen[:i])
    assert chosen == choose(moments[::-1], n)
    if moments and n:  # the surest leads
        assert chosen[0].sureness == max(one.sureness for one in moments)


def test_hearing_twice_counts_once_and_nothing_outside_counts() -> None:
    first = heard([], [(0, 4000)], length_ms=10_000)
    again = heard(first, [(2000, 5000), (9000, 20_000), (-50, 10)], length_ms=10_000)
    assert again == ((0, 5000), (9000, 10_000))
    assert share(again, 10_000) == 0.6
    assert share(again, 0) == 0.0
