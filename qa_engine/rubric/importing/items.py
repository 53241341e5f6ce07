"""One criterion → one item of the draft, with the questions it leaves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.quoted import quoted
from qa_engine.rubric.importing.rows import Criterion, item_title
from qa_engine.rubric.importing.scores import (
    Grade,
    Points,
    amount,
    auto_fail,
    grades,
    is_rule_of_points,
    plain_numbers,
    points_of,
)
from qa_engine.rubric.importing.standard import Standard
from qa_engine.rubric.importing.topics import Topic, proposals, topics
from qa_engine.rubric.importing.wording import clauses, placeholders_filled, says_na, short
from qa_engine.rubric.yaml_nodes import Plain

MAX_QUESTION_CHARS = 300
MAX_STEPS = 20
_YES = frozenset({"是", "√", "✓", "y", "yes"})
_SEVERITY: Sequence[tuple[str, str]] = (
    ("客户关键|关键客户|customer.?critical", "customer_critical"),
    ("业务关键|关键业务|business.?critical", "business_critical"),
    ("合规关键|关键合规|合规|违规|监管|法律|法规|违法|compliance", "compliance_critical"),
)


@dataclass(frozen=True, slots=True)
class Drafted:
    """An item before it has an id and a weight. `keys` are its keys in the order of the file.

    `points`: weight in the form's own unit; None for an item without weight. `from_form` are lines that the form itself
    gives as examples."""

    row: int
    section: str
    title: str
    keys: dict[str, Plain]
    points: float | None
    questions: tuple[Question, ...]
    from_form: tuple[str, ...] = ()

    @property
    def automatic(self) -> bool:
        return "manual" not in self.keys


def drafted(
    criterion: Criterion,
    points: float | None,
    kind: Literal["earn", "deduct"],
    standard: Standard,
    company: str,
) -> list[Drafted]:
    """The items of a criterion: one, or one for each thing that its cell lists."""
    parts = _parts(criterion)
    if len(parts) == 1:
        return [_item(parts[0], points, kind, standard, company)]
    shares, even = _shares(parts, points)
    made = [_item(part, share, kind, standard, company) for part, share in zip(parts, shares, strict=True)]
    if even and points:
        ask = f"一格里写了 {len(parts)} 条,分值 {points:g} 没有分到每条"
        question = Question(
            "split",
            ask,
            f"平均分,每条 {points / len(parts):.3g}",
            short(criterion.wording, 60),
            criterion.row,
        )
        made[0] = replace(made[0], questions=(question, *made[0].questions))
    return made


def _parts(criterion: Criterion) -> list[Criterion]:
    """The criterion as it is, or one for each row that shares its points, or for each clause of its cell."""
    if criterion.parts:
        return [
            _named(part, criterion, part.standard or part.deduct or part.title) for part in criterion.parts
        ]
    if grades(criterion.standard) or grades(criterion.deduct):
        return [criterion]
    standards = clauses(criterion.standard) if criterion.standard else ()
    faults = clauses(criterion.deduct) if criterion.deduct else ()
    if len(standards) > 1:
        paired = faults if len(faults) == len(standards) else (criterion.deduct,) * len(standards)
        return [
            _named(replace(criterion, standard=text, deduct=fault), criterion, text)
            for text, fault in zip(standards, paired, strict=True)
        ]
    each_deducts = len(faults) > 1 and all(points_of(fault) != Points() for fault in faults)
    if each_deducts:
        return [_named(replace(criterion, deduct=fault), criterion, fault) for fault in faults]
    listed = clauses(criterion.title) if not criterion.standard and not criterion.deduct else ()
    if len(listed) > 1:
        return [replace(criterion, title=text, focus=text) for text in listed]
    return [criterion]


def _named(part: Criterion, whole: Criterion, text: str) -> Criterion:
    name = short(_without_points(text))
    title = item_title(whole.title)
    return replace(
        part,
        focus=text,
        title=name if not title or title == name or name.startswith(title) else f"{title}:{name}",
    )


def _without_points(text: str) -> str:
    plain = re.sub(
        r"[,,、;;((]?\s*(?:每[^,,;;。]{0,10})?(?:扣|减|得|加)\s*\d+(?:\.\d+)?\s*分[))]?[^,,;;]{0,4}$",
        "",
        plain_numbers(text),
    )
    return plain.strip(" ,,;;") or text


def _shares(parts: Sequence[Criterion], points: float | None) -> tuple[list[float | None], bool]:
    """Points of each part: its own where all are given and sum to the whole, else equal ones."""
    own = [points_of(f"{part.deduct}\n{part.standard}") for part in parts]
    values = [each.once or each.per_hit for each in own]
    distinct = len({(part.standard, part.deduct) for part in parts}) == len(parts)
    given = [value for value in values if value]
    if distinct and len(given) == len(parts) and (points is None or abs(sum(given) - points) < 0.01):
        return list(values), False
    return [None if points is None else points / len(parts)] * len(parts), True


def _item(
    criterion: Criterion,
    points: float | None,
    kind: Literal["earn", "deduct"],
    standard: Standard,
    company: str,
) -> Drafted:
    title = item_title(criterion.title)[:200]
    said = "\n".join(text for text in (criterion.standard, criterion.deduct) if text)
    rules = points_of(said)
    costs = auto_fail(
        "\n".join((criterion.kind, _score_text(criterion), said, criterion.note, _unlikely(title)))
    )
    if costs is None and criterion.kind.strip().lower() in _YES:
        costs = "call"
    named, worded = (criterion.focus,) * 2 if criterion.focus else (title, f"{title}\n{said}")
    proposal = proposals(named, worded, standard)
    proposal = proposal or (
        quoted(worded) if criterion.focus else quoted(criterion.standard or title, criterion.deduct)
    )
    questions: list[Question] = []

    def ask(code: str, text: str, assumed: str = "", found: str = "") -> None:
        questions.append(Question(code, text, assumed, found[:200], criterion.row))

    weightless = costs == "call" and rules.once is None
    bonus = _bonus(criterion, rules)
    keys: dict[str, Plain] = {"title": title}
    if costs is not None and bonus is None:
        keys["auto_fail"] = costs
    severity = _severity(criterion, proposal, costs=costs is not None)
    if severity:
        keys["severity"] = severity
    keys["why"] = _why(criterion)
    if criterion.script:
        keys["coach"] = f"参考话术:{criterion.script}"[:1_000]
    steps = grades(criterion.standard) or grades(criterion.deduct)
    if proposal is not None and steps and len(steps) > 2:
        ask(
            "graded",
            "原文分档给分,机器只分合格、不合格",
            "只有达到要求才得分",
            "、".join(f"{s.label}{s.points:g}分" for s in steps),
        )
    if proposal is None:
        keys |= _manual(criterion, title, said, steps, rules, points)
        ask("manual", "机器没有把握判定,暂由人工回答;如果能写清说什么、多少秒、多少次,可以改成条件", "manual")
    else:
        keys |= _decides(proposal, rules, points, kind, costs is not None, ask)
        for doubt in proposal.doubts:
            ask("doubt", doubt)
        left = _uncovered(criterion, proposal)
        if left:
            ask(
                "partly",
                f"只自动判定了{'、'.join(proposal.topics)};原文还提到:{'、'.join(left)}",
                "没有判定这部分",
            )
    _ask_na(criterion, said, keys, ask)
    if bonus is not None:
        _give_bonus(keys, proposal, bonus, ask)
    if "deduct" in keys or "bonus" in keys or weightless:
        points = None
    elif points is None and costs is None and not keys.get("trial"):
        keys["trial"] = True
        ask("no_score", "这一项没有分值,也没有说一票否决", "试行(trial):照算照显示,不计分")
    examples = _examples(criterion, proposal, company)
    if examples and "manual" not in keys:
        keys["examples"] = examples
    lines = tuple(f"坐席:{line}" for line in _script_lines(criterion.script, company))
    return Drafted(
        criterion.row, criterion.section, title, keys, points, tuple(questions), lines if proposal else ()
    )


def _score_text(criterion: Criterion) -> str:
    return " ".join(cell.text for cell in (criterion.score, criterion.weight) if cell is not None)


def _unlikely(title: str) -> str:
    """A title says 一票否决 only where it is a label, not what the item is about."""
    return title if re.search("一票否决|致命项|红线", title) else ""


def _severity(criterion: Criterion, proposal: Proposal | None, *, costs: bool) -> str | None:
    said = (criterion.kind, criterion.section, criterion.note) if costs else (criterion.kind,)
    text = "\n".join(said)
    found = next((name for pattern, name in _SEVERITY if re.search(pattern, text, re.IGNORECASE)), None)
    return found or (
        "compliance_critical" if costs and proposal is not None and proposal.compliance else None
    )


def _why(criterion: Criterion) -> str:
    labelled = (
        ("", criterion.standard or criterion.title), ("扣分:", criterion.deduct), ("分值:", _score_text(criterion)),
        ("类型:", criterion.kind), ("备注:", criterion.note),
    )  # fmt: skip
    return (
        f"原表第 {criterion.row} 行:" + "|".join(f"{label}{text}" for label, text in labelled if text)[:1_800]
    )


def _manual(
    criterion: Criterion, title: str, said: str, steps: Sequence[Grade], rules: Points, points: float | None
) -> dict[str, Plain]:
    text = criterion.standard or criterion.deduct
    question = f"“{title}”是否符合要求" + (f":{text}" if text and text != title else "")
    question = " ".join(question.split())[:MAX_QUESTION_CHARS]
    if steps:
        top = max(step.points for step in steps)
        options: list[Plain] = [{"label": s.label, "credit": round(s.points / top, 3)} for s in steps]
        return {"manual": {"type": "single", "question": question, "options": options}}
    if rules.per_hit and points and 1 <= ceil(points / rules.per_hit) <= MAX_STEPS:
        last = ceil(points / rules.per_hit)
        options = [
            {
                "label": f"{n} 次" if n < last else f"{n} 次及以上",
                "credit": round(max(0.0, 1 - n * rules.per_hit / points), 3),
            }
            for n in range(last + 1)
        ]
        asked = f"“{title}”有几次不符合要求" + (f":{text}" if text and text != title else "")
        return {
            "manual": {
                "type": "single",
                "question": " ".join(asked.split())[:MAX_QUESTION_CHARS],
                "options": options,
            }
        }
    return {"manual": {"question": question}}


def _decides(
    proposal: Proposal, rules: Points, points: float | None, kind: str, costs: bool, ask: object
) -> dict[str, Plain]:
    """The deciding keys, with faults counted where the form takes points for each."""
    assert callable(ask)
    whole = dict(proposal.decides)
    if rules.per_hit is None or costs:
        return whole
    if proposal.fault is None:
        ask("per_hit", f"原文每次扣 {rules.per_hit:g} 分,这一项数不出次数", "不合格就不得分")
        return whole
    rest: dict[str, Plain] = {
        key: value for key, value in whole.items() if key in {"na_when", "applies_when"}
    }
    most = rules.cap or (points if kind == "earn" or rules.until_zero else None)
    if kind == "deduct" and (most is None or most <= rules.per_hit):
        deduct: dict[str, Plain] = {"when": dict(proposal.fault), "points": rules.per_hit}
        return {**rest, "deduct": deduct}
    if not most or not points or ceil(most / rules.per_hit) > MAX_STEPS:
        ask("per_hit", f"原文每次扣 {rules.per_hit:g} 分,没有写最多扣多少", "不合格就不得分")
        return whole
    steps: list[Plain] = [
        {"when": _at_most(proposal.fault, n), "credit": round(1 - n * rules.per_hit / points, 3)}
        for n in range(ceil(most / rules.per_hit))
        if n * rules.per_hit < points
    ]
    floor = max(0.0, round(1 - most / points, 3))
    return {**rest, "graded": [*steps, {"otherwise": floor}], "pass_from": 1}


def _at_most(fault: Mapping[str, Plain], n: int) -> Plain:
    (tag, spec), *_ = fault.items()
    assert isinstance(spec, dict)
    return {tag: {**spec, "count": {"max": n}}}


def _uncovered(criterion: Criterion, proposal: Proposal) -> list[str]:
    """Clauses of the standard that none of the proposal's topics covers."""
    if proposal.topics[0].startswith("引用"):
        return []
    rows = [topic for topic in topics() if set(proposal.topics) & _covered(topic)]
    found = []
    for clause in re.split(
        r"[,,。;;、::\n]+", re.sub(r"“[^”]*”|\"[^\"]*\"|「[^」]*」", "", criterion.standard)
    ):
        text = clause.strip()
        covered = any(row.covers(text) for row in rows)
        numbers = re.fullmatch(
            r"[^一-鿿]*\d+[^一-鿿]*(?:字|秒|次|分钟)?[^一-鿿]*(?:以上|以内|之间|左右)?", text
        )
        if (
            len(text) >= 4
            and not covered
            and not numbers
            and not is_rule_of_points(text)
            and not says_na(text)
        ):
            found.append(text[:20])
    return found[:3]


def _covered(topic: Topic) -> frozenset[str]:
    return frozenset({topic.topic, *(("公司", "姓名或工号") if topic.topic == "公司和姓名" else ())})


def _ask_na(criterion: Criterion, said: str, keys: Mapping[str, Plain], ask: object) -> None:
    assert callable(ask)
    text = "\n".join((said, criterion.note))
    if says_na(text) and "na_when" not in keys:
        ask(
            "na",
            "原文写了不适用的情形,草稿没有写成条件;请补 na_when",
            "每通都计分",
            short(criterion.note or said, 60),
        )


def _bonus(criterion: Criterion, rules: Points) -> float | None:
    cell = amount(_score_text(criterion))
    if cell is not None and cell.kind == "bonus":
        return cell.value
    return rules.bonus


def _give_bonus(keys: dict[str, Plain], proposal: Proposal | None, bonus: float, ask: object) -> None:
    """Turns an item into one that adds points, where a machine can decide it."""
    assert callable(ask)
    when = keys.get("pass_when")
    if proposal is None or when is None or not 0 < bonus <= 100:
        keys["trial"] = True
        ask("bonus", "加分项要由机器判定才能加分", "试行(trial),不加分")
        return
    for key in ("pass_when", "auto_fail"):
        keys.pop(key, None)
    keys["bonus"] = {"when": when, "points": bonus, "per": "once"}


def _examples(criterion: Criterion, proposal: Proposal | None, company: str) -> dict[str, Plain]:
    if proposal is None:
        return {}
    good = [f"坐席:{line}" for line in _script_lines(criterion.script, company)]
    bad = [f"坐席:{line}" for line in _script_lines(criterion.bad_script, company)]
    found = {kind: list(lines) for kind, lines in proposal.examples.items()}
    found["pass"] = [*good, *found.get("pass", [])]
    found["fail"] = [*bad, *found.get("fail", [])]
    return {kind: list(dict.fromkeys(lines)) for kind, lines in found.items() if lines}  # type: ignore[misc]


def _script_lines(script: str, company: str) -> list[str]:
    """What an agent says in the script column, a line each; dialogues and instructions are left out."""
    if re.search("客户[::]", script):
        return []
    quoted_lines = [quote for quote in re.findall(r"[“「『\"]([^”」』\"]{2,200})[”」』\"]", script)]
    raw = quoted_lines or [re.sub(r"^(?:坐席|客服|座席|A)[::]\s*", "", line) for line in script.split("\n")]
    lines = [placeholders_filled(line, company).replace("/", ",").strip() for line in raw]
    return [line for line in lines if sum(c.isalnum() for c in line) >= 2][:3]
