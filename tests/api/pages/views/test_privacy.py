"""A page names nobody: neither in the transcript nor where it is quoted."""

from __future__ import annotations

from api.pages.views.privacy import masked_evaluation, masked_texts
from qa_engine.rubric.examples import example_call
from qa_engine.scoring import compile_rubric, evaluate
from tests.qa_engine.rubric.builders import item, rubric


def test_quotes_and_reasons_are_masked_like_the_transcript() -> None:
    call = example_call("坐席:您好 / 客户:我叫李晓梅")
    plan = compile_rubric(rubric(item("pass_when: {entity: {kind: name}}")), code_version="test")
    texts = masked_texts(call.transcript)
    assert texts == ("您好", "我叫▇▇▇")
    (judged,) = masked_evaluation(evaluate(call, plan), texts).items
    assert [piece.text for piece in judged.evidence] == ["▇▇▇"]
    assert "李晓梅" not in judged.reason
