"""Whatever stands in the cells: a draft that keeps its promises, or an error that says why not."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_engine.rubric.importing import BadForm, draft_rubric
from qa_engine.rubric.importing.sheet import sheet_of
from tests.qa_engine.rubric.importing.builders import HEAD, around, assert_sound, standard

FRAGMENTS = [
    "",
    "问候客户",
    "报公司及工号",
    "“您好,XX公司”",
    "“",
    "不得说“随便”“不知道”",
    "语速每分钟180-240字",
    "语速300-200字",
    "静音0秒",
    "抢话99次以上",
    "每次扣2分",
    "扣完为止",
    "每次扣0分",
    "扣5分",
    "加5分",
    "一票否决",
    "非致命",
    "完全10分;部分5分;没有0分",
    "1、甲;2、乙",
    "①②③",
    "合计",
    "小计",
    "10",
    "-3",
    "0",
    "150%",
    "=SUM(A1)",
    "#REF!",
    "不适用",
    "/",
    "备注:无",
    "{{姓名}}",
    "坐席:您好 / 客户:好",
    "'",
    '"',
    "a: [b",
    "# 问题",
    "*x &y !!z",
    "外呼时间 25:00-26:00",
    "外呼时间9:00-9:00",
    "总分不超过999分",
    "$公司名",
    "$没有",
    "\x00\u202e",
    "🙂",
    "——————————————————————————————————————————————————",
    "没不别未",
    "保本",
    "记录\n换行\n- 列表",
    "yes",
    "FALSE",
    "null",
    "1e9",
    "0x1F",
    "异议处理",
    "该模块不得分",
    "每漏1处扣0.1分,最多扣100分",
]
cell = st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12))
row = st.lists(cell, min_size=1, max_size=9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(row, min_size=1, max_size=8))
def test_any_cells_below_the_names_of_columns(rows: list[list[str]]) -> None:
    try:
        sheet = sheet_of([HEAD.split("|"), *rows], file="form.csv")
        made = draft_rubric(sheet, rubric_id="own", standard=standard(), around=around())
    except BadForm:
        return
    assert_sound(made)


@settings(max_examples=25, deadline=None)
@given(st.lists(row, min_size=1, max_size=8))
def test_any_table(rows: list[list[str]]) -> None:
    try:
        sheet = sheet_of(rows, file="form.csv")
        made = draft_rubric(sheet, rubric_id="own", standard=standard(), around=around())
    except BadForm:
        return
    assert_sound(made)
