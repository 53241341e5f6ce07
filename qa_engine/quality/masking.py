"""Quotations of calls in reports: enough to recognise what was said, not who it was or what number."""

from __future__ import annotations

import re

MASK = "*"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆"
    "汪范金石廖贾夏韦付傅邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤"
)
_DIGITS = re.compile(r"[0-90-9]+")
_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺两点百千万]{4,}")
_LATIN = re.compile(r"[A-Za-z0-9_.+\-]{2,}(?:@[A-Za-z0-9.\-]+)?")
_TITLED = re.compile(
    rf"[小老阿]?[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?=先生|女士|小姐|太太|老师|经理|主管|总|哥|姐|师傅|阿姨)"
)
_CALLED = re.compile(
    rf"((?:我|名字|姓名)?(?:叫|是|姓)|本人)([小老阿]?[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?![\u4e00-\u9fff]{{3}})"
)


def masked(text: str) -> str:
    """Digits (spoken ones of four and more too), addresses and words in Latin letters, and names before a title or after
    我叫 are starred, a star a character. The length stays, so that offsets do."""
    text = _CALLED.sub(lambda found: found[1] + MASK * len(found[2]), text)
    for pattern in (_TITLED, _LATIN, _SPOKEN, _DIGITS):
        text = pattern.sub(lambda found: MASK * len(found[0]), text)
    return text
