"""Forms laid out as companies lay them out, from the file to a draft that passes the check."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from api.cli import run
from qa_engine.rubric import load_rubric

Rows = Sequence[Sequence[object]]

MERGED: Rows = [
    ["XX公司电销质检评分表(2026版)"],
    ["合格分:85分"],
    ["一级指标", "二级指标", "评分标准", "扣分标准", "分值", "类型", "话术示例"],
    ["开场白", "问候语", "接通后10秒内主动问候客户", "未问候扣10分", 10, "非致命", "“您好,请问是XX先生吗?”"],
    [None, "自报家门", "须报公司名称及工号", "未报公司扣6分;未报工号扣4分", 10, "非致命"],
    ["服务过程", "语音语调", "1、语速每分钟180-240字;2、音量适中", "", 20, "非致命"],
    [None, "倾听", "不得打断客户", "每出现一次扣2分,扣完为止", 20, "非致命"],
    [None, "产品解答", "", "完全准确40分,部分准确20分,错误0分", 40, "非致命"],
    ["合规", "承诺收益", "不得承诺保本", "一票否决", "一票否决", "致命"],
    ["合计", None, None, None, "=SUM(E4:E8)"],
    ["备注:最终解释权归质检部"],
]
COUNTED_DOWN: Rows = [
    ["项目类别", "扣分项", "扣分值", "说明"],
    ["服务态度", "未使用礼貌用语", -2],
    [None, "打断客户", -3, "每次扣3分"],
    [None, "冷场超过8秒", -5],
    ["合规", "非工作时间外呼(9:00-20:30以外)", "一票否决"],
]
WEIGHTED: Rows = [
    ["一級指標", "權重", "二級指標", "評分標準", "分值"],
    ["話術規範", 0.4, "開場白", "問候客戶", 60],
    [None, None, "結束語", "禮貌道別", 40],
    ["服務態度", 0.6, "語速", "每分鐘180-240字", 50],
    [None, None, "情緒", "保持微笑", 50],
]
SHARED: Rows = [
    ["2026年质检评分标准"],
    ["项目", None, "评分", None],
    ["大类", "评分项", "标准", "分值"],
    ["开场", "开场白", "问候客户", 30],
    [None, None, "报公司名称"],
    [None, None, "报工号"],
    ["过程", "专业度", "完全解答70分;部分解答30分;未解答0分", 70],
    ["红线", "个人收款", "引导客户转个人账户,总分不超过59分"],
]
SECTION_ROWS: Rows = [
    ["电话销售质量评估表"],
    ["序号", "质检项目", "评分细则", "权重", "致命项"],
    ["一、开头(30%)"],
    ["1", "问候", "主动问候", "15%", "否"],
    ["2", "", "询问是否方便", "15%", "否"],
    ["二、沟通(70%)"],
    ["3", "了解需求", "至少提问3个开放式问题", "35%", "否"],
    ["4", "处理异议", "回应客户异议", "35%", "否"],
    ["5", "辱骂", "辱骂客户", "/", "是"],
    ["", "合计", "", "100%", ""],
]

# File, rows, merged cells, the weights of the draft by title (None: no weight), and what else it says.
LAYOUTS: Sequence[tuple[str, Rows, Sequence[str], dict[str, float]]] = [
    ("merged.xlsx", MERGED, ["A1:G1", "A4:A5", "A6:A8"], {
        "问候语": 10, "自报家门:未报公司": 6, "自报家门:未报工号": 4, "语音语调:语速每分钟180-240字": 10, "语音语调:音量适中": 10,
        "倾听": 20, "产品解答": 40, "承诺收益": 0,
    }),
    ("counted-down.xlsx", COUNTED_DOWN, ["A2:A4"], {
        "未使用礼貌用语": 2, "打断客户": 0, "冷场超过8秒": 5, "非工作时间外呼(9:00-20:30以外)": 0, "基础分": 93,
    }),
    ("weighted.xlsx", WEIGHTED, ["A2:A3", "B2:B3", "A4:A5", "B4:B5"], {"開場白": 24, "結束語": 16, "語速": 30, "情緒": 30}),
    ("shared.xlsx", SHARED, ["A1:D1", "A2:B2", "C2:D2", "A4:A6", "B4:B6", "D4:D6"], {
        "开场白:问候客户": 10, "开场白:报公司名称": 10, "开场白:报工号": 10, "专业度": 70, "个人收款": 0,
    }),
    ("sections.csv", SECTION_ROWS, [], {"问候": 15, "询问是否方便": 15, "了解需求": 35, "处理异议": 35, "辱骂": 0}),
]  # fmt: skip


def write(path: Path, rows: Rows, merged: Sequence[str]) -> None:
    """The rows as a spreadsheet with merged cells, or as the CSV of an office program on a Chinese desktop."""
    if path.suffix == ".csv":
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    book.save(path)


@pytest.mark.parametrize(("name", "rows", "merged", "weights"), LAYOUTS, ids=[name for name, *_ in LAYOUTS])
def test_from_the_file_to_a_draft_that_passes_the_check(
    name: str, rows: Rows, merged: Sequence[str], weights: dict[str, float], tmp_path: Path
) -> None:
    write(tmp_path / name, rows, merged)
    draft = tmp_path / "draft.yaml"
    assert run(["rubric", "import", str(tmp_path / name), "-o", str(draft)]) == 0
    assert run(["rubric", "check", str(draft)]) == 0
    rubric = load_rubric(draft)
    assert {item.title: item.weight for item in rubric.items} == weights
    assert rubric.status == "trial"
    assert all(item.weight or item.auto_fail or item.deduct for item in rubric.items)
