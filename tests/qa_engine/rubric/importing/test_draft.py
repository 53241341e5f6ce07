"""A company's own form → a draft that loads, passes its own examples, and asks what it does not know."""

from __future__ import annotations

import pytest

from qa_engine.rubric.importing import BadForm
from qa_engine.rubric.importing.columns import Role, find_header
from tests.qa_engine.rubric.importing.builders import assert_sound, codes, draft, items, only, sheet


def pace(low: int, high: int) -> object:
    return {"speech_rate": {"by": "agent", "min_chars_per_min": low, "max_chars_per_min": high}}


# What a criterion says → the key that decides it and the condition in it.
CONDITIONS = [
    ("开场|问候语|接通后10秒内主动问候客户||10|||", "pass_when", "'first_s': 10"),
    ("开场|工号|未报工号||10|||", "pass_when", "工号"),
    ("开场|录音|告知客户本次通话会被录音||10|||", "pass_when", "$录音告知"),
    ("开场|征询|询问客户是否方便接听||10|||", "pass_when", "$询问方便"),
    ("过程|语速|每分钟180-240字||10|||", "pass_when", pace(180, 240)),
    ("过程|语速|4-5字/秒||10|||", "pass_when", pace(240, 300)),
    ("过程|语速|不超过300字||10|||", "pass_when", {"speech_rate": {"by": "agent", "max_chars_per_min": 300}}),
    ("过程|语速|不低于120字不高于260字||10|||", "pass_when", pace(120, 260)),
    ("过程|语速|语速超过300字/分扣分||10|||", "pass_when", "'max_chars_per_min': 300"),
    ("过程|语速|语速低于120字/分扣分||10|||", "pass_when", "'min_chars_per_min': 120"),
    ("过程|语速|220±20字/分钟||10|||", "pass_when", pace(200, 240)),
    ("过程|通话时长|有效通话时长不低于60秒||10|||", "pass_when", {"duration": {"min_s": 60}}),
    ("合规|验证码|严禁索要客户的验证码||10|||", "fail_when", "私下收款索要密码"),
    ("过程|语速|每分钟260字以内||10|||", "pass_when", "'max_chars_per_min': 260"),
    ("过程|抢话|插话≤1次||10|||", "pass_when", {"overlap": {"by": "agent", "count": {"max": 1}}}),
    ("过程|抢话|打断客户2次以上||10|||", "pass_when", {"overlap": {"by": "agent", "count": {"max": 1}}}),
    ("过程|冷场|静音超过八秒||10|||", "pass_when", {"silence": {"min_s": 8, "except": "$请稍等", "count": {"max": 0}}}),
    ("过程|需求|至少提问3个开放式问题||10|||", "pass_when", "'min': 3"),
    ("过程|异议处理|客户提出异议时正面回应||10|||", "measure", {"signal": "objections_answered_share"}),
    ("过程|禁用语|不得说“不知道”“不归我管”||10|||", "fail_when", "不归我管"),
    ("过程|规定用语|须说“请您稍等片刻”||10|||", "pass_when", "请您稍等片刻"),
    ("过程|口头禅|不得说“随便”||10|||", "fail_when", {"says": {"by": "agent", "any_of": ["随便"]}}),
    ("过程|回应|未说“我理解”扣2分||10|||", "pass_when", {"says": {"by": "agent", "any_of": ["我理解"]}}),
    ("结束|结束语|礼貌道别||10|||", "pass_when", "$告别语"),
    ("合规|承诺收益|不得承诺保本|一票否决|一票否决|致命||", "fail_when", "承诺保本保收益"),
    ("合规|骂人|辱骂客户|一票否决||致命||", "fail_when", "辱骂威胁轻蔑"),
    ("合规|外呼时段|只能在8:30-20:00外呼||10|||", "pass_when", {"fact": {"field": "started_at", "between": ["08:30", "20:00"]}}),
    ("過程|語速|每分鐘180-240字||10|||", "pass_when", pace(180, 240)),
]  # fmt: skip


@pytest.mark.parametrize(("row", "key", "expected"), CONDITIONS, ids=[row for row, *_ in CONDITIONS])
def test_a_clear_criterion_gets_a_condition(row: str, key: str, expected: object) -> None:
    found = only(row)[key]
    if isinstance(expected, str):
        assert expected in str(found)
    else:
        assert found == expected


# Looks like one of the topics and is about something else, or cannot be judged by words: left to people.
MANUAL = [
    "过程|信息核对|核对客户姓名及证件号||10|||",
    "过程|微笑服务|保持微笑||10|||",
    "过程|工单|工单填写完整准确||10|||",
    "过程|报错价格|报错价格||10|||",
    "过程|推诿|推诿客户||10|||",
    "过程|吐字|吐字清晰,音量适中||10|||",
    "过程|通话时长|时长正常||10|||",
    "过程|身份确认|确认接听人为客户本人||10|||",
    "过程|风险提示|向客户说明产品风险及犹豫期||10|||",
    "过程|录音质量|录音清晰可听||10|||",
    "过程|等待规范|需客户等待时须征得客户同意并致歉||10|||",
    "过程|转接规范|转接前征得客户同意||10|||",
    "过程|客户称呼|客户说“不需要”时不纠缠||10|||",
]


@pytest.mark.parametrize("row", MANUAL)
def test_an_unclear_criterion_is_left_to_people_with_a_question(row: str) -> None:
    made = draft(row, "其他|填满|需要人来看的内容||90|||")
    assert made.automatic == 0
    assert codes(made).count("manual") == 2


class TestPoints:
    def test_weights_are_the_points(self) -> None:
        made = items(draft("开场|问候|问候客户||40|||", "过程|语速|适中||60分|||"))
        assert [item["weight"] for item in made.values()] == [40, 60]

    def test_points_that_do_not_sum_to_100_are_scaled_with_a_question(self) -> None:
        made = draft("开场|问候|问候客户||10|||", "过程|语速|适中||10|||", "结束|结束语|道别||10|||")
        assert [item["weight"] for item in items(made).values()] == [33.34, 33.33, 33.33]
        assert "weights" in codes(made)

    def test_without_points_the_items_share_evenly(self) -> None:
        made = draft("问候客户", "报公司名称", "语速不超过300字", "道别", head="质检项")
        assert {item["weight"] for item in items(made).values()} == {25}
        assert "no_points" in codes(made)

    def test_a_section_weight_multiplies(self) -> None:
        made = items(
            draft("话术|40%|问候|50", "|40%|结束语|50", "态度|60%|语速|100", head="模块|权重|评分项|分值")
        )
        assert [item["weight"] for item in made.values()] == [20, 20, 60]

    def test_a_form_that_counts_down_from_100_keeps_its_arithmetic(self) -> None:
        """A base item holds what nothing takes away; single faults weigh their points, repeated ones are deductions."""
        made = draft(
            "态度|未使用礼貌用语|-5|",
            "|打断客户|-3|每次扣3分",
            "合规|辱骂客户|一票否决|",
            head="类别|扣分项|扣分值|说明",
        )
        found = items(made)
        assert found["未使用礼貌用语"]["weight"] == 5
        assert found["打断客户"]["deduct"] == {"when": {"overlap": {"by": "agent"}}, "points": 3}
        assert found["基础分"]["weight"] == 95
        assert found["辱骂客户"]["auto_fail"] == "call"

    def test_points_for_every_fault_become_steps_of_credit(self) -> None:
        found = only("过程|插话|不得打断客户|每出现一次扣4分,扣完为止|10|||")
        assert found["graded"] == [
            {"when": {"overlap": {"by": "agent", "count": {"max": 0}}}, "credit": 1},
            {"when": {"overlap": {"by": "agent", "count": {"max": 1}}}, "credit": 0.6},
            {"when": {"overlap": {"by": "agent", "count": {"max": 2}}}, "credit": 0.2},
            {"otherwise": 0},
        ]

    def test_a_limit_of_what_faults_may_cost(self) -> None:
        found = only("过程|插话|不得打断客户|每次扣2分,最多扣4分|10|||")
        assert isinstance(found["graded"], list)
        assert found["graded"][-1] == {"otherwise": 0.6}

    def test_named_steps_become_the_answers_of_a_person(self) -> None:
        found = only("过程|业务解答|完全准确10分,部分准确5分,错误0分||10|||")["manual"]
        assert isinstance(found, dict)
        assert found["options"] == [
            {"label": "完全准确", "credit": 1},
            {"label": "部分准确", "credit": 0.5},
            {"label": "错误", "credit": 0},
        ]

    @pytest.mark.parametrize(
        ("wording", "expected"),
        [
            ("一票否决", "call"),
            ("出现则本通0分", "call"),
            ("0分处理", "call"),
            ("该模块不得分", "section"),
            ("总分不超过59分", {"cap": 59}),
        ],
    )
    def test_what_a_fault_costs(self, wording: str, expected: object) -> None:
        assert only(f"合规|骂人|辱骂客户|{wording}||||")["auto_fail"] == expected

    @pytest.mark.parametrize(
        "wording", ["每次扣2分,出现3次以上一票否决", "情节严重的一票否决", "造成投诉的,一票否决"]
    )
    def test_a_veto_under_a_further_condition_is_a_question(self, wording: str) -> None:
        made = draft(f"过程|插话|不得打断客户|{wording}|100|||")
        assert "auto_fail" not in items(made)["插话"]
        assert "sometimes_veto" in codes(made)

    def test_a_section_of_fatal_errors(self) -> None:
        made = items(
            draft("致命错误|骂人|辱骂客户|||||", "致命错误|冒充|冒充银行|||||", "开场|问候|问候客户||100|||")
        )
        assert [made[title].get("auto_fail") for title in ("骂人", "冒充", "问候")] == ["call", "call", None]

    def test_not_fatal_is_not_fatal(self) -> None:
        assert "auto_fail" not in only("开场|问候|问候客户||10|非致命||")

    def test_points_on_top_of_the_score(self) -> None:
        found = only("加分|共情|先认同客户|加5分||||")
        assert "bonus" in found or found["trial"] is True

    def test_points_that_cannot_be_read_are_a_question_with_the_cell(self) -> None:
        made = draft("开场|问候|问候客户||五六分|||", "过程|语速|适中||100|||")
        (question,) = [question for question in made.questions if question.code == "bad_score"]
        assert (question.row, question.found) == (2, "五六分")
        assert "E2" in question.text


class TestSplitting:
    def test_numbered_clauses_are_items_of_their_own(self) -> None:
        made = draft(
            "开场|开场白|1、问候客户;2、报公司名称;3、告知通话录音||30|||", "其他|填满|需要人看||70|||"
        )
        found = items(made)
        assert list(found)[:3] == ["开场白:问候客户", "开场白:报公司名称", "开场白:告知通话录音"]
        assert [found[title]["weight"] for title in list(found)[:3]] == [10, 10, 10]
        assert "split" in codes(made)

    def test_what_introduces_a_list_is_no_criterion_of_its_own(self) -> None:
        made = items(draft("过程|异议|有效处理异议:①认同客户②解释说明||30|||", "其他|填满|需要人看||70|||"))
        assert list(made)[:2] == ["异议:认同客户", "异议:解释说明"]

    def test_clauses_with_points_of_their_own_keep_them(self) -> None:
        made = draft("开场|开场白|问候并报公司|未问候扣2分;未报公司扣8分|10|||", "其他|填满|需要人看||90|||")
        assert [item["weight"] for item in items(made).values()] == [2, 8, 90]
        assert "split" not in codes(made)

    def test_a_merged_score_is_shared_by_its_rows(self) -> None:
        rows = ("开场|开场白|问候客户||20", "|开场白|报公司名称||20", "其他|填满|需要人看||80")
        made = items(
            draft(*rows, head="一级指标|评分项|评分标准|扣分标准|分值", merged=[(2, 2, 3, 2), (2, 5, 3, 5)])
        )
        assert [(title, item["weight"]) for title, item in made.items()] == [
            ("开场白:问候客户", 10), ("开场白:报公司名称", 10), ("填满", 80),
        ]  # fmt: skip

    def test_rules_about_points_are_no_criteria(self) -> None:
        assert len(items(draft("过程|插话|不打断客户|每次扣2分;扣完为止;不倒扣|100|||"))) == 1


class TestRows:
    def test_sections_titles_totals_and_notes(self) -> None:
        made = draft(
            "XX公司质检评分表", "合格线:85分", HEAD_ROW, "一、开场(30分)", "|问候|问候客户||30|||", "小计||||30",
            "二、过程(70分)", "|语速|适中||70|||", "合计||||100", "备注:以上由质检部解释", head="",
        )  # fmt: skip
        rubric = assert_sound(made)
        assert (rubric.title, rubric.pass_mark) == ("XX公司质检评分表", 85)
        assert [(section.title, len(section.items)) for section in rubric.sections] == [
            ("开场", 1),
            ("过程", 1),
        ]
        (left,) = [question for question in made.questions if question.code == "left_over"]
        assert (left.row, left.found) == (10, "备注:以上由质检部解释")

    def test_column_names_on_every_page_are_no_criteria(self) -> None:
        made = draft("开场|问候|问候客户||50|||", HEAD_ROW, "过程|语速|适中||50|||")
        assert len(items(made)) == 2

    def test_the_original_wording_is_kept_as_the_reason(self) -> None:
        found = only("开场|问候|接通后主动问候|未问候扣10分|10|非致命||您好,我是XX公司的XX")
        assert found["why"] == "原表第 2 行:接通后主动问候|扣分:未问候扣10分|分值:10|类型:非致命"
        assert found["coach"] == "参考话术:您好,我是XX公司的XX"

    def test_a_script_line_of_the_form_becomes_an_example(self) -> None:
        examples = only("开场|问候|主动问候||10|||您好,请问是XX先生吗?")["examples"]
        assert isinstance(examples, dict)
        assert isinstance(examples["pass"], list)
        assert examples["pass"][0] == "坐席:您好,请问是王先生吗?"

    def test_a_script_line_that_the_condition_fails_is_a_question(self) -> None:
        made = draft("开场|问候|主动问候||100|||喂,是我")
        (question,) = [question for question in made.questions if question.code == "example"]
        assert (question.found, question.item) == ("坐席:喂,是我", "kai_chang.wen_hou")

    def test_ids_are_pinyin_and_unique(self) -> None:
        made = draft("开场|问候|问候客户||50|||", "开场|问候|再次核实||50|||")
        rubric = assert_sound(made)
        assert [item.id for item in rubric.items] == ["kai_chang.wen_hou", "kai_chang.wen_hou_2"]

    def test_every_question_stands_above_its_item_in_the_file(self) -> None:
        made = draft("过程|微笑|保持微笑||100|||")
        lines = made.text.splitlines()
        place = next(i for i, line in enumerate(lines) if "- id: guo_cheng.wei_xiao" in line)
        assert lines[place - 1].strip().startswith("# 问题:机器没有把握判定")


HEAD_ROW = "一级指标|评分项|评分标准|扣分标准|分值|类型|备注|话术示例"


# Names of columns → what they hold, in order.
HEADERS = [
    ("一级指标|二级指标|评分标准|分值", {Role.SECTION: (0,), Role.TITLE: (1,), Role.STANDARD: (2,), Role.SCORE: (3,)}),
    ("序号|考核项目|考核内容|满分|是否致命", {Role.CODE: (0,), Role.TITLE: (1,), Role.STANDARD: (2,), Role.SCORE: (3,)}),
    ("環節|質檢項|評分細則|權重", {Role.SECTION: (0,), Role.TITLE: (1,), Role.STANDARD: (2,), Role.WEIGHT: (3,)}),
    ("Category|Item|Criteria|Score", {Role.SECTION: (0,), Role.TITLE: (1,), Role.STANDARD: (2,), Role.SCORE: (3,)}),
    ("类型|质检点|标准(说明)|分值(分)", {Role.SECTION: (0,), Role.TITLE: (1,), Role.STANDARD: (2,), Role.SCORE: (3,)}),
    ("大类|内容|扣分标准|得分", {Role.SECTION: (0,), Role.TITLE: (1,), Role.DEDUCT: (2,), Role.RATER: (3,)}),
]  # fmt: skip


@pytest.mark.parametrize(("names", "expected"), HEADERS, ids=[names for names, _ in HEADERS])
def test_columns_by_their_names(names: str, expected: dict[Role, tuple[int, ...]]) -> None:
    found = find_header(sheet("开场|问候|客户|5|", head=names)).columns
    assert {role: found.get(role) for role in expected} == expected


class TestBadForms:
    @pytest.mark.parametrize(
        ("rows", "words"),
        [
            (["姓名|电话", "甲|乙"], ["form.xlsx[评分表] row 1", "姓名|电话", "评分项"]),
            ([HEAD_ROW], ["第 1 行", "没有检查项"]),
            ([HEAD_ROW, "合计||||100"], ["没有检查项"]),
            ([HEAD_ROW, *[f"第{n}部分|要点|要求||1|||" for n in range(91)]], ["91 个部分", "最多"]),
            ([HEAD_ROW, *[f"开场|第{n}个|1、甲方;2、乙方;3、丙方||1|||" for n in range(101)]], ["303 项"]),
            ([HEAD_ROW, *[f"开场|第{n}个|要求||1|||" for n in range(301)]], ["301 个检查项", "最多 300", "row 302"]),
        ],
    )  # fmt: skip
    def test_a_table_that_is_no_form_says_what_was_found_and_expected(
        self, rows: list[str], words: list[str]
    ) -> None:
        with pytest.raises(BadForm) as caught:
            draft(*rows, head="")
        assert [word for word in words if word not in str(caught.value)] == []

    def test_an_empty_table(self) -> None:
        with pytest.raises(BadForm, match="空"):
            sheet("||", " | ", head="")

    def test_too_many_rows(self) -> None:
        with pytest.raises(BadForm, match=r"5,001 行.*最多 5,000 行"):
            sheet(*["a"] * 5_001, head="")
