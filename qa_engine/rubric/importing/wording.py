"""A criterion's wording taken apart: numbered clauses, quoted phrases and whether they are wanted or banned."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qa_engine.language.normalize import simplify
from qa_engine.rubric.importing.scores import is_rule_of_points, points_of

MAX_PARTS = 12
MIN_CLAUSE_CHARS = 2
_NUMBERED = re.compile(r"(?:^|(?<=[\s。;;,,::]))(?:[((]?\d{1,2}[))]|\d{1,2}[、..](?!\d)|[①②③④⑤⑥⑦⑧⑨⑩⑪⑫])\s*")
_GLUED = re.compile(r"(?<=[一-鿿])(?=\d{1,2}、)|(?=[①②③④⑤⑥⑦⑧⑨⑩⑪⑫])")
_SEMICOLON = re.compile(r"[;;\n]+")
_QUOTED = re.compile(r"“([^“”]{1,80})”|「([^「」]{1,80})」|『([^『』]{1,80})』|\"([^\"\n]{1,80})\"")
_CLAUSE = re.compile(r"[,。;;,!?!?\n]+")
_EDGES = re.compile(r"^[\s;;。,,、::()()]+|[\s;;。,,、::(()]+$")
_LACKING = re.compile("未|没有|没|缺少|遗漏|漏|少说|不说|不使用|不用")
_BANNED = re.compile(
    "不得|不可|不能|不准|不许|不应|禁止|严禁|禁用|禁语|避免|杜绝|切忌|忌|出现|不说|不要|使用了|说出"
)
_CUSTOMER = re.compile("客户[^,。;“”「」坐]{0,10}$")
_PLACEHOLDER = re.compile(
    r"[xX×*＊○〇_]{1,8}|\.{3,}|…+|~+|[{{<<\[【][^}}>>\]】]{0,12}[}}>>\]】]|[((](?:姓名|工号|公司|产品|称呼|先生|女士)[^))]{0,6}[))]"
)
_SLOT = re.compile(
    rf"(?:公司|工号|姓名|客服|专员|顾问)?(?:是|为|::)?(?:{_PLACEHOLDER.pattern})(?:公司|集团|先生|女士|小姐|号|客服|专员|顾问|产品|业务|的)*(?:工号)?"
)
"""A placeholder with the nouns that belong to it: 工号XX, XX公司, XX先生."""
_NA = re.compile(
    r"不适用|不涉及|不计分|不参与评分|不考核|无需考核|N/?A\b|如无[^,。;]{1,10}(?:则|,)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A phrase that the form quotes. `pieces` are its parts between pauses and placeholders (XX, ***, {姓名})."""

    text: str
    pieces: tuple[str, ...]
    banned: bool


def clauses(text: str) -> tuple[str, ...]:
    """The criteria of one cell: numbered (1、2、), else between semicolons or lines where each stands for itself.

    One clause where the text is one criterion."""
    _, *listed = _NUMBERED.split(_GLUED.sub("\n", text).strip())
    numbered = _parts(listed)
    if len(numbered) >= 2:
        return numbered  # what stands before the first number introduces the list
    plain = _parts(_SEMICOLON.split(text))
    return plain if 2 <= len(plain) <= MAX_PARTS else (text.strip(),)


def _parts(raw: list[str]) -> tuple[str, ...]:
    """Clauses without numbering; a clause that is only about points belongs to the one before it."""
    found: list[str] = []
    for part in (_EDGES.sub("", text) for text in raw):
        if not part:
            continue
        short = sum(char.isalnum() for char in part) < MIN_CLAUSE_CHARS
        if found and (short or is_rule_of_points(part)):
            found[-1] = f"{found[-1]};{part}"
        elif not short or not is_rule_of_points(part):
            found.append(part)
    return tuple(found[:MAX_PARTS])


def quotes(text: str) -> tuple[Quote, ...]:
    """Phrases between quotation marks that the agent is to say, or not to say. What a customer says is left out."""
    found: dict[str, Quote] = {}
    start = 0
    for match in _QUOTED.finditer(text):
        phrase = next(group for group in match.groups() if group is not None).strip()
        before = text[max(start, match.start() - 40) : match.start()]
        clause = _CLAUSE.split(before)[-1]
        after = _CLAUSE.split(text[match.end() : match.end() + 30])[0]
        if _CUSTOMER.search(clause):
            continue
        banned = is_banned(clause, after)
        inherited = found and not clause.strip(" 、或和及,") and not after.strip(" 、或和及等。")
        if inherited:
            banned = next(reversed(found.values())).banned
        pieces = _pieces(phrase)
        if pieces:
            found[phrase] = Quote(phrase, pieces, banned)
    return tuple(found.values())


def is_banned(before: str, after: str = "") -> bool:
    """Whether saying it is the fault. 未说“您好”扣2分 wants it; 出现“不知道”扣2分 and 不得说“包过” ban it."""
    before, after = simplify(before), simplify(after)
    if _LACKING.search(before) and not re.search("不得|不可|不能|禁止|严禁|不要", before):
        return False
    if _BANNED.search(before):
        return True
    return points_of(after).once is not None or points_of(after).per_hit is not None


def _pieces(phrase: str) -> tuple[str, ...]:
    parts = _CLAUSE.split(_SLOT.sub("\n", phrase))
    kept = [_EDGES.sub("", part) for part in parts]
    return tuple(dict.fromkeys(part[:64] for part in kept if sum(c.isalnum() for c in part) >= 2))


def placeholders_filled(script: str, company: str) -> str:
    """A script line as somebody would say it, with the company and invented names for its placeholders."""
    mark = _PLACEHOLDER.pattern
    script = re.sub(r"[{<\[【((]\s*(?:公司|单位|机构)[^}>\]】))]{0,6}[}>\]】))]", company, script)
    filled = re.sub(rf"(?:{mark})(?:公司|保险|集团|银行|教育)+", company, script)
    filled = re.sub(rf"(?<=工号)(?:是|为|::)?\s*(?:{mark})", "8021", filled)
    filled = re.sub(rf"(?:{mark})(?=先生|女士|小姐|总)", "王", filled)
    return _PLACEHOLDER.sub("李晓梅", filled)


def says_na(text: str) -> bool:
    """Whether the wording names calls to which the item does not apply."""
    return _NA.search(simplify(text)) is not None


def short(text: str, limit: int = 24) -> str:
    """The beginning of a criterion as a title."""
    first = _CLAUSE.split(re.sub(r"^[\s\d.、()()①-⑫]+", "", text).strip())[0] or text.strip()
    return first if len(first) <= limit else first[: limit - 1] + "…"
