"""One criterion → one item of the draft, with the questions it leaves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qa_engine.rubric.importing.counting import counted, counting_options
from qa_engine.rubric.importing.parts import parts_of, shares
from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.quoted import quoted
from qa_engine.rubric.importing.rows import Criterion, item_title
from qa_engine.rubric.importing.scores import (
    AutoFail,
    Grade,
    amount,
    auto_fail,
    grades,
    is_rule_of_points,
    only_sometimes_veto,
    points_of,
)
from qa_engine.rubric.importing.scripts import examples_of, script_lines
from qa_engine.rubric.importing.standard import Standard
from qa_engine.rubric.importing.topics import proposals, topics
from qa_engine.rubric.importing.wording import says_na, short
from qa_engine.rubric.yaml_nodes import Plain

MAX_QUESTION_CHARS = 300
MAX_TITLE_CHARS = 200
_YES = frozenset({"是", "√", "✓", "y", "yes"})
_VETO_LABEL = re.compile("一票否决|(?<!非)致命|红线|零容忍|高压线")
_SEVERITY: Sequence[tuple[str, str]] = (
    ("客户关键|关键客户|customer.?critical", "customer_critical"),
    ("业务关键|关键业务|business.?critical", "business_critical"),
    ("合规|违规|监管|法律|法规|违法|compliance", "compliance_critical"),
)
_NUMBERS_ONLY = re.compile(r"[^一-鿿]*\d+[^一-鿿]*(?:字|秒|次|分钟)?[^一-鿿]*(?:以上|以内|之间|左右)?")
_SPOKEN = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」")
_CLAUSE = re.compile(r"[,,。;;、::\n]+")
MIN_CLAUSE_CHARS = 4
CRITERIA_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Source:
    """What the conditions are made of, and how the form counts. `company` stands for XX公司 in script lines."""

    standard: Standard
    kind: Literal["earn", "deduct"]
    company: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """An item before it has an id and a weight. `keys` are its keys in the order of the file.

    `points`: weight in the form's own unit; None for an item without weight. `from_form` are lines that the form itself
    gives as examples of how it is right."""

    row: int
    section: str
    title: str
    keys: dict[str, Plain]
    points: float | None
    questions: tuple[Question, ...] = ()
    from_form: tuple[str, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether a machine decides it."""
        return "manual" not in self.keys


def drafted(criterion: Criterion, points: float | None, source: Source) -> list[Drafted]:
    """The items of a criterion: one, or one for each thing that its cell lists."""
    parts = parts_of(criterion)
    if len(parts) == 1:
        return [_Item(parts[0], source).drafted(points)]
    divided, even = shares(parts, points)
    made = [_Item(part, source).drafted(share) for part, share in zip(parts, divided, strict=True)]
    if even and points:
        text = f"一格里写了 {len(parts)} 条,分值 {points:g} 没有分到每条"
        assumed = f"平均分,每条 {points / len(parts):.3g}"
        question = Question("split", text, assumed, short(criterion.wording, 60), criterion.row)
        made[0] = replace(made[0], questions=(question, *made[0].questions))
    return made


class _Item:
    """Builds one item and notes what it could not know."""

    def __init__(self, criterion: Criterion, source: Source) -> None:
        self._row = criterion
        self._source = source
        self._questions: list[Question] = []
        self._title = item_title(criterion.title)[:MAX_TITLE_CHARS]
        self._said = "\n".join(text for text in (criterion.standard, criterion.deduct) if text)
        self._rules = points_of(self._said)
        self._steps = grades(criterion.standard) or grades(criterion.deduct)
        self._scores = " ".join(cell.text for cell in (criterion.score, criterion.weight) if cell is not None)

    def drafted(self, points: float | None) -> Drafted:
        """The item with `points` of the form's own unit."""
        proposal = self._proposal()
        bonus = self._bonus()
        costs = self._costs() if bonus is None else None
        keys: dict[str, Plain] = {"title": self._title}
        if costs is not None:
            keys["auto_fail"] = {**costs} if isinstance(costs, dict) else costs
        severity = self._severity(proposal, costs=costs is not None)
        if severity:
            keys["severity"] = severity
        keys["why"] = self._why()
        if self._row.script:
            keys["coach"] = f"参考话术:{self._row.script}"[:1_000]
        if proposal is None:
            keys |= self._manual(points, costs=costs is not None)
        else:
            keys |= self._decided(proposal, points, costs=costs is not None)
        self._ask_for_na(keys)
        if bonus is not None:
            keys = self._as_bonus(keys, bonus)
        if {"deduct", "bonus"} & keys.keys() or (costs == "call" and self._rules.once is None):
            points = None
        elif points is None and costs is None and "trial" not in keys:
            keys["trial"] = True
            self._ask("no_score", "这一项没有分值,也没有说一票否决", "试行(trial):照算照显示,不计分")
        own: tuple[str, ...] = ()
        if proposal is not None:
            own = script_lines(self._row.script, self._source.company)
            bad = script_lines(self._row.bad_script, self._source.company)
            keys["examples"] = examples_of(proposal, own, bad)
        row = self._row
        return Drafted(row.row, row.section, self._title, keys, points, tuple(self._questions), own)

    def _ask(self, code: str, text: str, assumed: str = "", found: str = "") -> None:
        self._questions.append(Question(code, text, assumed, found[:200], self._row.row))

    def _proposal(self) -> Proposal | None:
        focus = self._row.focus
        if focus:
            return proposals(focus, focus, self._source.standard) or quoted(focus)
        made = proposals(self._title, f"{self._title}\n{self._said}", self._source.standard)
        return made or quoted(self._row.standard or self._title, self._row.deduct)

    def _costs(self) -> AutoFail | None:
        row = self._row
        label = "\n".join(text for text in (self._title, row.section) if _VETO_LABEL.search(text))
        found = auto_fail(f"{row.kind}\n{self._scores}\n{self._said}\n{row.note}\n{label}")
        if found is None and only_sometimes_veto(f"{self._said}\n{row.note}"):
            self._ask("sometimes_veto", "原文只在某些情形下才一票否决", "没有写成一票否决,按扣分判定")
        return "call" if found is None and row.kind.strip().lower() in _YES else found

    def _severity(self, proposal: Proposal | None, *, costs: bool) -> str | None:
        row = self._row
        text = f"{row.kind}\n{row.section}\n{row.note}" if costs else row.kind
        found = next((name for pattern, name in _SEVERITY if re.search(pattern, text, re.IGNORECASE)), None)
        return found or ("compliance_critical" if costs and proposal and proposal.compliance else None)

    def _why(self) -> str:
        row = self._row
        labelled = (
            ("", row.standard or row.title), ("扣分:", row.deduct), ("分值:", self._scores),
            ("类型:", row.kind), ("备注:", row.note),
        )  # fmt: skip
        return (
            f"原表第 {row.row} 行:" + "|".join(f"{label}{text}" for label, text in labelled if text)[:1_800]
        )

    def _manual(self, points: float | None, *, costs: bool) -> dict[str, Plain]:
        """A question for a person, with the answers and the credit that the form gives them."""
        ask = "机器没有把握判定,暂由人工回答;如果能写清说什么、多少秒、多少次,可以改成条件"
        self._ask("manual", ask, "manual")
        text = self._row.standard or self._row.deduct
        behind = f":{text}" if text and text != self._title else ""
        options = _graded_options(self._steps)
        asked = f"是否没有“{self._title}”的情形{behind}" if costs else f"“{self._title}”是否符合要求{behind}"
        if not options and self._rules.per_hit and points:
            options = counting_options(self._rules.per_hit, points)
            asked = f"“{self._title}”有几次不符合要求{behind}" if options else asked
        question = " ".join(asked.split())[:MAX_QUESTION_CHARS]
        return {
            "manual": {"type": "single", "question": question, "options": options}
            if options
            else {"question": question}
        }

    def _decided(self, proposal: Proposal, points: float | None, *, costs: bool) -> dict[str, Plain]:
        """The deciding keys, with faults counted where the form takes points for each."""
        if len(self._steps) > 2:
            shown = "、".join(f"{step.label}{step.points:g}分" for step in self._steps)
            self._ask("graded", "原文分档给分,机器只分合格、不合格", "达到要求才得分", shown)
        keys = dict(proposal.decides)
        if not costs:
            made = counted(proposal, self._rules, points, self._source.kind)
            keys = made.keys
            if made.lost:
                self._ask("per_hit", made.lost, "不合格就不得分")
        for doubt in proposal.doubts:
            self._ask("doubt", doubt)
        left = self._uncovered(proposal)
        if left:
            text = f"只自动判定了{'、'.join(proposal.topics)};原文还提到:{'、'.join(left)}"
            self._ask("partly", text, "没有判定这部分")
        return keys

    def _uncovered(self, proposal: Proposal) -> list[str]:
        """Clauses of the standard that none of the proposal's topics covers."""
        rows = [topic for topic in topics() if topic.names & set(proposal.topics)]
        if not rows:
            return []
        heard = (clause.strip() for clause in _CLAUSE.split(_SPOKEN.sub("", self._row.standard)))
        return [
            text[:20]
            for text in heard
            if len(text) >= MIN_CLAUSE_CHARS
            and not any(row.covers(text) for row in rows)
            and not (_NUMBERS_ONLY.fullmatch(text) or is_rule_of_points(text) or says_na(text))
        ][:CRITERIA_SHOWN]

    def _ask_for_na(self, keys: dict[str, Plain]) -> None:
        if says_na(f"{self._said}\n{self._row.note}") and "na_when" not in keys:
            found = short(self._row.note or self._said, 60)
            self._ask("na", "原文写了不适用的情形,草稿没有写成条件;请补 na_when", "每通都计分", found)

    def _bonus(self) -> float | None:
        cell = amount(self._scores)
        return cell.value if cell is not None and cell.kind == "bonus" else self._rules.bonus

    def _as_bonus(self, keys: dict[str, Plain], bonus: float) -> dict[str, Plain]:
        """The item as one that adds points, where a machine can decide it."""
        when = keys.get("pass_when")
        if when is None or not 0 < bonus <= 100:
            self._ask("bonus", "加分项要由机器判定才能加分", "试行(trial),不加分")
            return {**keys, "trial": True}
        rest = {key: value for key, value in keys.items() if key != "pass_when"}
        return {**rest, "bonus": {"when": when, "points": bonus, "per": "once"}}


def _graded_options(steps: Sequence[Grade]) -> list[Plain]:
    top = max((step.points for step in steps), default=0.0)
    return [{"label": step.label, "credit": round(step.points / top, 3)} for step in steps] if top else []
