"""Questions in spoken Chinese, which is recognised without reliable question marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.values import value

_SENTENCE = re.compile(r"[^。!?!?;;\n]+[。!?!?;;\n]*")
_CLAUSE = re.compile(r"[^,,、]+[,,、]*")
_OPEN = re.compile(
    r"什么|怎么|怎样|咋|哪|多少|多久|多大|多长|多高|多远|如何|为何|何时|谁|啥"
    r"|(?<![好十这那过前后近有百千万])几(?=[个岁点年口位号月套次期张成块])|[您你][^,,。??]{0,6}有几(?=[个口位套次期张])"
)
_NO_QUESTION = re.compile(  # question words that ask nothing: 没什么, 什么都赔, 不管怎么样, 哪怕, 谁都
    r"没(?:有)?(?:什么|啥|多少|谁|怎么)|(?:什么|啥|怎么|怎样|哪|哪里|哪儿|多少|谁|如何)[^,,。??]{0,3}[都也]"
    r"|(?:不管|无论|不论|任凭|随便|甭管|(?:不知道|不清楚|不晓得)(?![您你])|告诉您|介绍一下)"
    r"[^,,。??]{0,8}(?:什么|怎么|怎样|哪|多少|谁|啥|如何|几)"
    r"|什么的|哪怕|怎么说呢|不怎么|哪里哪里|多少有|多少会|不是什么|算什么"
)
_CLOSED_TAIL = re.compile(
    r"(?:对吧|是吧|好吧|行吧|好吗|行吗|可以吗|方便吗|对吗|是吗|好不好|行不行|对不对|是不是)[啊呀呢,,。??\s]*\Z"
)
_YES_NO = re.compile(
    r"吗|是不是|有没有|能不能|可不可以|要不要|会不会|方不方便|愿不愿意|想不想|好不好|行不行|对不对|需不需要|了没有?(?=[,,??。]|\Z)"
)
_TAIL = re.compile(r"(?:呢|对吧|是吧|好吧|行吧|没有?吧)[,,。??\s]*\Z")
_MAY_ASK = re.compile(r"[??么怎咋哪多何谁啥几吗不没呢吧]")
"""Without any of these nothing above finds a question."""
_MAY_BE_OPEN = re.compile(r"[么怎咋哪多何谁啥几]")
_MARK = re.compile(r"[??]")


@value
class Question:
    """A question at `[start, end)` of the normalised text, in the sentence `[sentence_start, sentence_end)`. `open`
    questions cannot be answered by yes or no."""

    start: int
    end: int
    open: bool
    sentence_start: int
    sentence_end: int


def questions(text: str) -> Iterator[Question]:
    """The questions of a turn, a clause each (您平时主要考虑什么,预算大概多少?are two)."""
    if not _MAY_ASK.search(text):
        return
    for sentence in _SENTENCE.finditer(text):
        first, last = sentence.span()
        for clause in _CLAUSE.finditer(text, first, last):
            kind = _kind(clause.group())
            if kind is not None:
                yield Question(clause.start(), clause.end(), kind, first, last)


def _kind(clause: str) -> bool | None:
    """True for an open question, False for a closed one, None for none."""
    if not _MAY_ASK.search(clause):
        return None
    asks_open = _MAY_BE_OPEN.search(clause) and _OPEN.search(clause) and not _NO_QUESTION.search(clause)
    if asks_open and not _CLOSED_TAIL.search(clause) and "是不是" not in clause:
        return True
    if asks_open or _MARK.search(clause) or _YES_NO.search(clause) or _TAIL.search(clause):
        return False
    return None
