"""The trained table of violations: plain negations never hit, small, repeatable."""

from __future__ import annotations

import pytest

from qa_engine.language.normalize import normalize
from qa_engine.rubric.conditions.resembles import VIOLATIONS
from qa_engine.rubric.load import _TABLES
from qa_engine.scoring.resemblance import compliance_table, model_file, read

SURE = 0.9
NEGATIONS = {
    "guaranteed_return": (
        "我们不保本", "这个不保证收益", "不是稳赚不赔的", "没有谁能说保本", "收益不是固定的", "不敢跟您说一定赚",
        "亏了公司不赔的", "不等于银行存款", "本金不一定拿得回来", "我没说过保本", "不可能零风险", "保本我们做不到",
        "不能承诺您收益",
    ),
    "absolute_claims": (
        "不保证一定能过", "不是什么都赔", "我们不是最便宜的", "没有谁能包过", "不敢说全国第一", "不承诺百分百下款",
        "不是谁都能批", "我们没有包录取", "不是所有病都赔", "谈不上业内最好", "不能保证考上", "不一定批得下来",
        "效果不保证",
    ),
    "impersonation": (
        "我们不是银行", "我不是公安局的", "我们不是政府部门", "我们不代表法院", "这里不是社保局", "我不是银行的人",
        "我们不是支付宝", "我们跟银行没有关系", "没有银行委托我们", "我们不是官方", "我不是警察", "我们不是学校的",
        "我不是移动公司的",
    ),
    "abuse": (
        "我没有骂您", "您不笨", "我不是说您有病", "没有看不起您的意思", "我不是嫌您烦", "不是让您滚", "您不是没钱",
        "我没有威胁您", "不会去您家闹的", "您一点也不傻", "我没说您抠门", "不敢嘲笑您", "我们不会骂客户",
    ),
    "private_transfer": (
        "不要转给我个人", "不用告诉我验证码", "我不收现金", "别把钱打到私人账户", "我们不用微信收款", "不需要您的密码",
        "钱不用给我", "不要把验证码发给任何人", "我不能代您付款", "不会让您转到个人卡", "不收您的现金", "密码不要告诉我",
        "不要扫个人的收款码",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in NEGATIONS.items() for text in texts]
)
def test_a_plain_negation_is_no_violation(kind: str, text: str) -> None:
    assert (
        read([normalize(text).text]).of(
            kind, SURE, claim="demand" if kind in {"abuse", "private_transfer"} else "statement"
        )
        == []
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("guaranteed_return", "这跟存银行一样,到期本金利息一分不少还您"),
        ("absolute_claims", "只要有身份证就能下款,没有不过的"),
        ("impersonation", "我是银行信贷中心的工作人员"),
        ("abuse", "你脑子有病吧,穷鬼"),
        ("private_transfer", "您把钱直接转到我个人卡上"),
    ],
)
def test_a_violation_is_heard_with_its_place(kind: str, text: str) -> None:
    (found,) = read(["您好", normalize(text).text]).of(kind, SURE, claim="statement")
    assert (found.text, found.share >= SURE) == (1, True)


def test_the_classes_are_those_of_the_condition() -> None:
    assert set(compliance_table().classes) == set(VIOLATIONS)


def test_the_file_stays_small_and_is_pinned() -> None:
    content = model_file().read_bytes()
    assert len(content) <= 400_000
    assert content in [table.read_bytes() for table in _TABLES]


def test_the_same_texts_are_read_the_same_and_each_by_itself() -> None:
    texts = ["保本保息,您放心。没有风险", "", "转到我微信", "您好" * 60]
    together, again = read(texts), read(texts)
    assert (together.shares == again.shares).all()
    alone = [read([text]).shares.max(initial=0) for text in texts]
    for number, share in enumerate(alone):
        own = together.shares[together.places[:, 0] == number]
        assert abs(own.max(initial=0) - share) < 1e-5


def test_nothing_said_resembles_nothing() -> None:
    assert read([]).of("abuse", 0.5, claim="demand") == []
    assert read(["", "。"]).of("abuse", 0.5, claim="demand") == []
