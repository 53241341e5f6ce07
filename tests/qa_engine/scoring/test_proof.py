"""The proof of an item leads from the condition to the milliseconds of the words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_engine.calls import Call
from qa_engine.exchange import parse_call
from qa_engine.rubric import find_rubric, load_rubric, parse_rubric
from qa_engine.scoring import compile_rubric, evaluate
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.proof import ITEM_TRUTH, Proof, explain, explain_all
from qa_engine.scoring.render import evaluation_json, proof_json, with_proofs
from tests.qa_engine.rubric.builders import HEAD, blurred, form, item, rubric, said, spelled

CALLS = sorted((Path(__file__).parents[3] / "fixtures/calls").glob("*/transcript.json"))
STANDARD = compile_rubric(load_rubric(find_rubric("telesales-standard")), code_version="test")


def proof(body: str, call: Call | str, *others: str) -> Proof:
    plan = compile_rubric(rubric(item(body), *others), code_version="test")
    return explain(said(call) if isinstance(call, str) else call, plan, "a.b")


def shape(node: Proof) -> object:
    """`{condition truth: children}`."""
    return {f"{node.condition} {node.truth}": [shape(child) for child in node.children]}


def nodes(node: Proof) -> Iterator[Proof]:
    yield node
    for child in node.children:
        yield from nodes(child)


def test_logic_is_a_tree_with_the_truth_of_every_node() -> None:
    found = proof(
        "pass_when: {all: [{says: {any_of: [您好]}}, {any: [{says: {any_of: [保险]}}, {not: {says: {any_of: [贷款]}}}]}]}",
        "坐席:您好",
    )
    assert shape(found) == {
        "item true": [
            {
                "pass_when true": [
                    {
                        "all true": [
                            {"says true": []},
                            {"any true": [{"says false": []}, {"not true": [{"says false": []}]}]},
                        ]
                    }
                ]
            }
        ]
    }


def test_a_leaf_has_the_words_and_their_milliseconds() -> None:
    call = spelled(said("坐席:您好,保险"), 0, ("您好", 0.5, 0.9, 0.97), ("保险", 1.25, 1.75, 0.91))
    (leaf,) = [n for n in nodes(proof("pass_when: {says: {any_of: [保险]}}", call)) if n.condition == "says"]
    (found,) = leaf.evidence
    assert (found.evidence.turn, found.evidence.text) == (0, "保险")
    assert [(w.text, w.start_ms, w.end_ms, w.confidence) for w in found.words] == [("保险", 1250, 1750, 0.91)]


def test_without_word_times_there_are_no_words_but_the_place() -> None:
    found = proof("pass_when: {says: {any_of: [保险]}}", "坐席:您好,保险")
    (evidence,) = [piece for node in nodes(found) for piece in node.evidence]
    assert evidence.words == ()
    assert (evidence.evidence.start, evidence.evidence.end) == (3, 5)


def test_a_question_that_does_not_apply_shows_only_why() -> None:
    body = "na_when: {says: {by: customer, any_of: [不用]}}\npass_when: {says: {any_of: [保险]}}"
    assert shape(proof(body, "客户:不用 / 坐席:好")) == {"item na": [{"na_when true": [{"says true": []}]}]}


def test_an_order_shows_the_anchor_and_what_follows_each() -> None:
    body = "pass_when: {after: {says: {any_of: [贵]}, nth: each}, expect: {says: {any_of: [理解]}}}"
    found = proof(body, "客户:贵 / 坐席:理解 / 客户:太贵了 / 坐席:再见")
    (after,) = [node for node in nodes(found) if node.condition == "after"]
    assert [(child.condition, child.truth) for child in after.children] == [
        ("says", "true"),
        ("says", "true"),
        ("says", "false"),
    ]


def test_a_fail_when_is_true_where_the_item_fails() -> None:
    found = proof("fail_when: {says: {any_of: [保本]}}", "坐席:保本")
    assert shape(found) == {"item false": [{"fail_when true": [{"says true": []}]}]}


def test_named_conditions_and_other_items_are_named() -> None:
    head = HEAD.replace("sections:", "conditions: {问好: {says: {any_of: [您好]}}}\nsections:")
    text = form(
        item("pass_when: {use: 问好}"),
        item("pass_when: {item: {id: a.b, verdict: pass}}", name="c.d", weight=0),
        head=head,
    )
    plan = compile_rubric(parse_rubric(text), code_version="test")
    found = explain_all(said("坐席:您好"), plan)
    assert shape(found["a.b"]) == {
        "item true": [{"pass_when true": [{"use:问好 true": [{"says true": []}]}]}]
    }
    assert shape(found["c.d"]) == {"item true": [{"pass_when true": [{"item true": []}]}]}


def test_an_unknown_says_what_would_settle_it() -> None:
    call = blurred(said("坐席:我们这款保本的"), 0)
    found = proof("fail_when: {says: {any_of: [保本]}}", call)
    assert found.truth == "unknown"
    assert found.settle
    assert all(node.settle == found.settle for node in nodes(found) if node.condition == "says")


GRADED = "graded: [{when: {says: {any_of: [您好]}}, credit: 1}, {when: {says: {any_of: [喂]}}, credit: 0.5}]"


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (GRADED, ["graded[1]", "graded[2]"]),
        ("measure: {signal: turns, points: [[0, 0], [1, 1]]}", ["measure"]),
        ("manual: {question: 对吗}", ["manual"]),
    ],
)
def test_every_way_of_deciding_has_its_node(body: str, parts: list[str]) -> None:
    assert [child.condition for child in proof(body, "坐席:喂").children] == parts


@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.parent.name)
def test_the_proof_agrees_with_the_evaluation(path: Path) -> None:
    """The conditions judged once more say what the evaluation says, and every piece of evidence is at some leaf."""
    call = parse_call(path.read_bytes())
    evaluation = evaluate(call, STANDARD)
    proofs = explain_all(call, STANDARD)
    for judged in evaluation.items:
        found = proofs[judged.id]
        assert found.truth == ITEM_TRUTH[judged.verdict]
        assert (found.reason, found.settle) == (judged.reason, judged.settle)
        quotes = {piece.evidence.text for node in nodes(found) for piece in node.evidence}
        assert {
            e.text for e in judged.evidence if e.turn is not None and e.condition in {"says", "regex"}
        } <= quotes


def test_a_document_has_proofs_only_where_asked() -> None:
    call = parse_call(CALLS[0].read_bytes())
    document = evaluation_json(evaluate(call, STANDARD))
    proven = with_proofs(document, {"opening.greeting": explain(call, STANDARD, "opening.greeting")})
    items = proven["items"]
    assert isinstance(items, list)
    assert [one["id"] for one in items if "proof" in one] == ["opening.greeting"]
    assert all("proof" not in one for one in document["items"])  # type: ignore[attr-defined]
    keys = {"condition", "truth", "reason", "evidence", "settle", "children"}
    assert json.loads(json.dumps(items[0]["proof"])).keys() == keys


def test_the_same_conditions_under_two_windows_are_two_nodes() -> None:
    plan: Plan = compile_rubric(
        rubric(
            item(
                "pass_when: {any: [{after: {says: {any_of: [贵]}}, expect: {says: {any_of: [您好]}}}, {says: {any_of: [您好]}}]}"
            )
        ),
        code_version="test",
    )
    document = proof_json(explain(said("坐席:您好 / 客户:贵"), plan, "a.b"))
    assert json.dumps(document).count('"says"') >= 3
