"""Twice the text is at most about twice the work, whatever is said and whatever the form asks.

Work is counted, not timed: calls of functions, those of the interpreter's own included."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from qa_engine.calls import Call, CallId, Role, Transcript, Turn, Word
from qa_engine.rubric import parse_rubric
from qa_engine.scoring import Plan, compile_rubric, evaluate
from qa_engine.scoring.render import evaluation_bytes
from tests.qa_engine.rubric.builders import form

CONDITIONS = [
    "says: {any_of: [您好, 哈哈哈], match: homophone}",
    "says: {any_of: [具体以合同条款为准, 具体具体具体具体具体], match: fuzzy}",
    "says: {any_of: [保本, 保证收益], except: [合同为准, 不一定]}",
    "says: {any_of: [保本], except: {says: {any_of: [合同]}}}",
    "says: {any_of: [不需要], negated: allow, count: {max: 3}, within: {first_s: 60}}",
    "regex: {pattern: ['(保|不)[^,。]{0,8}本', '\\d+元'], not_regex: '合同书'}",
    "number: {min: 10, unit: 元, near: [保费]}",
    "asks: {open: true, any_of: [保本], count: {min: 2}}",
    "repeats: {count: {max: 2}}",
    "resembles: {by: agent, what: guaranteed_return}",
    "{after: {says: {any_of: [保本]}, nth: each}, expect: {says: {by: agent, any_of: [合同]}}}",
    "{after: {says: {any_of: [保本]}, nth: each}, expect: {says: {any_of: [不需要]}}, within: {turns: 2, seconds: 9}}",
    "{before: {says: {any_of: [保本]}, nth: any}, expect: {says: {any_of: [没有人说过]}}}",
    "{around: {silence: {min_s: 1}, nth: last}, expect: {says: {any_of: [合同]}}}",
    "sequence: {steps: [{says: {any_of: [保本]}}, {says: {any_of: [合同]}}, {says: {any_of: [不需要]}}], within: {turns: 1}}",
    "overlap: {by: agent, except: [请稍等, 保本]}",
    "silence: {min_s: 0.1, except: [请稍等, 保本]}",
    "response_time: {by: agent, min_s: 0.1}",
    "monologue: {by: agent, min_s: 3}",
    "sentiment: {by: customer, state: negative}",
    "objection: {type: [price, no_need], handled: true}",
    "speech_rate: {by: agent, max_chars_per_min: 400, within: {percent: [10, 90]}}",
    "stage: {any_of: [pitch, objection]}",
]
PLAN: Plan = compile_rubric(
    parse_rubric(
        form(
            *(
                f"id: a.n{i}\ntitle: 项\nweight: {100 - 4 * (len(CONDITIONS) - 1) if i == 0 else 4}\npass_when: "
                + (condition if condition.startswith("{") else f"{{{condition}}}")
                for i, condition in enumerate(CONDITIONS)
            )
        )
    ),
    code_version="test",
)


def call(texts: list[str], *, length_s: float = 2.0, step_s: float = 2.5, spelled: bool = True) -> Call:
    """Turns of both sides in turn; with `step_s` under `length_s` they overlap."""
    turns = []
    for i, text in enumerate(texts):
        start_s, share_s = i * step_s, length_s / max(1, len(text))
        words = tuple(
            Word(char, start_s + k * share_s, start_s + (k + 1) * share_s, 0.4 if k % 7 == 0 else 0.9)
            for k, char in enumerate(text)
        )
        role = Role.AGENT if i % 2 == 0 else Role.CUSTOMER
        turns.append(Turn(role, start_s, start_s + length_s, text, None, words if spelled else ()))
    return Call(Transcript(CallId("hostile"), len(texts) * step_s + length_s, tuple(turns)))


HOSTILE: dict[str, Callable[[int], Call]] = {
    "one character over and over": lambda n: call(["哈" * 12 * n]),
    "a phrase over and over": lambda n: call(["保本" * 4 * n]),
    "phrases and their excuses in one sentence": lambda n: call(["保本不一定" * 2 * n]),
    "phrases and their excuses in many sentences": lambda n: call(["保本。合同为准,保本。" * n]),
    "nearly the same phrase over and over": lambda n: call(["具体以合同条款" * 2 * n]),
    "negations in turn": lambda n: call(["不没保本别无" * 2 * n]),
    "quotes within quotes": lambda n: call(["“保本" * 2 * n + "”" * 2 * n]),
    "digits": lambda n: call(["1" * 8 * n + "元"]),
    "numerals": lambda n: call(["一千零" * 3 * n + "点五万元,"]),
    "figures": lambda n: call(["保费380元,三百八十块。" * n]),
    "questions": lambda n: call(["保本什么?" * 2 * n]),
    "fillers": lambda n: call(["保嗯本那个" * 2 * n]),
    "objections and answers": lambda n: call(["太贵了,不需要。理解您,不贵。" * n] * 2),
    "many turns": lambda n: call(["保本合同", "不需要,太贵了"] * n),
    "many turns that say the same": lambda n: call(["您好保本保本保本"] * 2 * n),
    "many turns at once": lambda n: call(["保本合同", "不需要"] * n, length_s=500.0, step_s=0.6),
    "a turn that goes on under many": lambda n: call(["保本" * n, *["不需要", "嗯保本"] * n], length_s=9.0, step_s=0.6),
    "turns without times": lambda n: call(["保本合同", "不需要"] * n, length_s=0.0, step_s=0.0, spelled=False),
}  # fmt: skip


def work(subject: Call) -> int:
    """Function calls that a score of the call takes."""
    done = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal done
        done += event in {"call", "c_call"}

    evaluate(subject, PLAN)  # what is made on first use
    sys.setprofile(count)
    try:
        evaluation_bytes(evaluate(subject, PLAN))
    finally:
        sys.setprofile(None)
    return done


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_text_is_twice_the_work(name: str):
    small, large = (work(HOSTILE[name](size)) for size in (100, 200))
    assert large < 2.3 * small
