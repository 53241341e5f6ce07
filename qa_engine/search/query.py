"""What people type into the search box: words (all of them in the call), "in quotes" (letter for letter), -without,
agent:/customer: or 坐席:/客户: before a word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from qa_engine.calls import Role
from qa_engine.errors import BadInput
from qa_engine.language.entities import PII, entities_in
from qa_engine.language.redaction import BLOCK
from qa_engine.search.terms import is_spoken_word
from qa_engine.search.text import forms

MAX_CHARS = 200
MAX_WORDS = 10
_QUOTES = '"\u201c\u201d\u201e\u201f\uff02\u300c\u300d\u300e\u300f'
_COLONS = ":\uff1a"
_MINUS = "-\u2212\uff0d"
SIDES = {
    "agent": Role.AGENT,
    "坐席": Role.AGENT,
    "座席": Role.AGENT,
    "客服": Role.AGENT,
    "customer": Role.CUSTOMER,
    "客户": Role.CUSTOMER,
    "客戶": Role.CUSTOMER,
}
_WORD = re.compile(
    rf"(?P<mark>(?:[{_MINUS}]|(?:{'|'.join(SIDES)})[{_COLONS}])*)"
    rf"(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?P<closed>[{_QUOTES}])?|(?P<plain>[^\s{_QUOTES}]+))",
    re.IGNORECASE,
)
_FIELD = re.compile(rf"([A-Za-z_]+)[{_COLONS}]")


class BadSearch(BadInput):
    """The query cannot be read."""

    code = "bad_search"


@dataclass(frozen=True, slots=True)
class Word:
    """One thing to find. `texts` are the forms in which it is looked for, any of them; `side` None = whoever says it."""

    said: str
    texts: tuple[str, ...]
    side: Role | None = None
    is_exact: bool = False
    is_without: bool = False

    @property
    def sides(self) -> tuple[Role, ...]:
        return tuple(Role) if self.side is None else (self.side,)

    @property
    def sound(self) -> str:
        """The word whose homophones are looked for, "" where they are not."""
        can = not self.is_exact and not self.is_without and is_spoken_word(self.texts[-1])
        return self.texts[-1] if can else ""


@dataclass(frozen=True, slots=True)
class Query:
    """`wanted` must all be in the call, `without` must not. `is_personal`: it holds what is masked everywhere."""

    wanted: tuple[Word, ...]
    without: tuple[Word, ...] = ()
    is_personal: bool = False

    @property
    def has_sound(self) -> bool:
        return any(word.sound for word in self.wanted)


def parse_query(text: str) -> Query:
    """Reads a query. Raises `BadSearch`."""
    text = text.strip()
    if not text:
        raise BadSearch("没有要搜索的字词", hint='例如: 保证收益  "一字不差"  -不要的词  坐席:承诺')
    if len(text) > MAX_CHARS:
        raise BadSearch(f"搜索内容最多 {MAX_CHARS} 个字,现在 {len(text)} 个", hint="请只留下关键的几个词")
    words = list(_words(text))
    if len(words) > MAX_WORDS:
        raise BadSearch(
            f"最多 {MAX_WORDS} 个词,现在 {len(words)} 个", hint="请只留下关键的几个词,或用筛选条件"
        )
    wanted = tuple(word for word in words if not word.is_without)
    if not wanted:
        raise BadSearch("只有要排除的词,没有要找的词", hint="请至少写一个不带 - 的词")
    personal = any(entity.kind in PII - {"name", "address"} for entity in entities_in(text))
    return Query(wanted, tuple(word for word in words if word.is_without), personal)


def _words(text: str) -> Iterator[Word]:
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        hit = _WORD.match(text, place)
        assert hit is not None, "a word begins at every character that is no space"
        if hit["plain"] is None and not hit["closed"]:
            raise BadSearch(f"第 {hit.end('mark') + 1} 个字的引号没有关上", hint='引号要成对,例如 "保证收益"')
        yield _word(hit["mark"], hit["quoted"], hit["plain"])
        place = hit.end()


def _word(mark: str, quoted: str | None, plain: str | None) -> Word:
    said = quoted if quoted is not None else plain or ""
    named = [name for name in re.split(f"[{_MINUS}{_COLONS}]", mark.lower()) if name]
    sides = {SIDES[name] for name in named}
    if len(sides) > 1:
        raise BadSearch(f"“{said}”前既写了坐席又写了客户", hint="两边都可以的话,不写前缀即可")
    field = _FIELD.match(said) if quoted is None else None
    if field:
        raise BadSearch(
            f"不认识的前缀 {field[1]}:",
            hint="可用 agent: 或 坐席:、customer: 或 客户:;其他条件请用筛选;要找这几个字请加引号",
        )
    if BLOCK in said:
        raise BadSearch(f"{BLOCK} 是遮盖后的个人信息,不能搜索", hint="请换成没有遮盖的字词")
    texts = tuple(dict.fromkeys(form.chars for form in forms(said)))
    if not all(texts):
        raise BadSearch(f"“{said}”里没有可以搜索的字", hint="请输入汉字、字母或数字")
    without = any(char in mark for char in _MINUS)
    return Word(said, texts, next(iter(sides), None), quoted is not None, without)
