"""entity."""

from __future__ import annotations

import pytest

from qa_engine.errors import CallQAError
from tests.qa_engine.rubric.builders import blurred, judge, said, verdict


@pytest.mark.parametrize(
    ("condition", "dialogue", "expected"),
    [
        ("{entity: {kind: phone}}", "客户:我电话幺三八零零幺三八零零零", "pass"),
        ("{entity: {kind: phone}}", "客户:我没有电话", "fail"),
        ("{entity: {kind: phone, by: agent}}", "客户:我电话13800138000", "fail"),
        ("{entity: {kind: [date, time]}}", "坐席:明天下午三点给您打电话", "pass"),
        ("{entity: {kind: [date, time], count: {min: 2}}}", "坐席:明天下午三点给您打电话", "pass"),
        ("{entity: {kind: money, within: {turns: 1}}}", "坐席:您好 / 坐席:一个月三百块", "fail"),
        ("{entity: {kind: id_card, except: [不用报]}}", "坐席:不用报,320581198703152040是吧", "fail"),
        ("{not: {entity: {kind: bank_card, by: agent}}}", "坐席:请不要告诉别人卡号", "pass"),
        # dictated over turns: each part is one
        (
            "{entity: {kind: phone, count: {min: 2}}}",
            "坐席:电话 / 客户:1380013 / 坐席:嗯 / 客户:8000",
            "pass",
        ),
    ],
)
def test_an_entity_is_said_or_not(condition: str, dialogue: str, expected: str) -> None:
    assert verdict(condition, dialogue) == expected


def test_a_badly_recognised_entity_decides_nothing() -> None:
    call = blurred(said("客户:我电话13800138000"), 0)
    assert verdict("{entity: {kind: phone}}", call) == "unknown"
    assert verdict("{entity: {kind: phone, min_confidence: 0.1}}", call) == "pass"


def test_a_miss_in_a_badly_recognised_stretch_is_unknown() -> None:
    assert verdict("{entity: {kind: phone}}", blurred(said("客户:我电话没有了"), 0)) == "unknown"


def test_the_evidence_is_the_value() -> None:
    (evidence,) = judge("{entity: {kind: name}}", "客户:我叫李晓梅").evidence
    assert (evidence.condition, evidence.text, evidence.start, evidence.end) == ("entity", "李晓梅", 2, 5)


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(CallQAError):
        verdict("{entity: {kind: passport}}", "客户:喂")
