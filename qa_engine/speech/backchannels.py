"""Words with which a listener shows that he listens: they take no turn and interrupt nobody."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_BACKCHANNEL: Final = re.compile(
    r"(?:嗯+|哦+|噢+|啊|喔|额|呃|唉|诶|哎|欸|哈+|对+|对的|是|是的|是吧|好|好的|好吧|行|行吧|可以|嗯哼|明白|知道|知道了|了解|"
    r"没错|对对|是是|好好|喂|ok|哦哦|这样|这样啊|是吗|对吧)+",
    re.IGNORECASE,
)
_MARKS: Final = re.compile(r"[\W_]+")
_BEGINNING: Final = re.compile(
    r"[\W_]*(?:[嗯哦噢啊喔额呃唉诶哎欸哈对是好行可明知了没喂o这]|\Z)", re.IGNORECASE
)
"""How each of them begins: most turns are none, and one look tells."""
MAX_CHARS: Final = 6
_REMEMBERED_CHARS: Final = 8


def is_backchannel(text: str) -> bool:
    """嗯、对对对、好的… and nothing else, at most six characters. A text without any spoken character is one too."""
    return _BEGINNING.match(text) is not None and (
        _is_short_backchannel(text) if len(text) <= _REMEMBERED_CHARS else _is_backchannel(text)
    )


def _is_backchannel(text: str) -> bool:
    bare = _MARKS.sub("", text)
    return len(bare) <= MAX_CHARS and (not bare or _BACKCHANNEL.fullmatch(bare) is not None)


_is_short_backchannel = lru_cache(maxsize=4096)(_is_backchannel)
"""The same few texts come again all the time."""
