"""Small forms and small calls."""

from __future__ import annotations

import textwrap
from dataclasses import replace

from qa_engine.calls import Call, Word
from qa_engine.rubric import Rubric, parse_rubric
from qa_engine.rubric.examples import example_call
from qa_engine.scoring import compile_rubric
from qa_engine.scoring.evaluator import judge_item
from qa_engine.scoring.judged import Judged

HEAD = """\
rubric: small
version: 1
title: 小表
phrases:
  拒绝: [不需要, 没兴趣]
  空: []
sections:
  - id: only
    title: 唯一
    items:
"""


def form(*items: str, head: str = HEAD) -> str:
    """A form with these items, each the YAML of a mapping."""
    return head + "".join(
        textwrap.indent("- " + textwrap.indent(textwrap.dedent(item).strip(), "  ").strip(), "      ") + "\n"
        for item in items
    )


def item(body: str, *, name: str = "a.b", weight: int = 100) -> str:
    """The YAML of an item that is decided by `body`."""
    return f"id: {name}\ntitle: 一项\nweight: {weight}\n{textwrap.dedent(body).strip()}"


def rubric(*items: str) -> Rubric:
    return parse_rubric(form(*items))


def said(line: str, **changes: object) -> Call:
    """The call of an example line; `role_confidence` and the like change the transcript."""
    call = example_call(line)
    return replace(call, transcript=replace(call.transcript, **changes)) if changes else call  # type: ignore[arg-type]


def blurred(call: Call, turn: int, confidence: float = 0.2) -> Call:
    """The call with one turn recognised badly."""
    turns = list(call.transcript.turns)
    turns[turn] = replace(turns[turn], confidence=confidence)
    return replace(call, transcript=replace(call.transcript, turns=tuple(turns)))


def spelled(call: Call, turn: int, *words: tuple[str, float, float, float]) -> Call:
    """The call with word times and confidence in one turn."""
    turns = list(call.transcript.turns)
    turns[turn] = replace(turns[turn], words=tuple(Word(*word) for word in words))
    return replace(call, transcript=replace(call.transcript, turns=tuple(turns)))


def judge(condition: str, call: Call | str, *, way: str = "pass_when") -> Judged:
    """One item that passes when the condition holds, on one call."""
    plan = compile_rubric(rubric(item(f"{way}: {condition}")), code_version="test")
    return judge_item(said(call) if isinstance(call, str) else call, plan, "a.b")


def verdict(condition: str, call: Call | str, *, way: str = "pass_when") -> str:
    """Only the verdict."""
    return judge(condition, call, way=way).verdict.value
