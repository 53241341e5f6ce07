"""Addresses: from the first place name to the last detail, where a street, an estate or a numbered village is named.

A detail (路88号, 花园3栋, 村5组) or an announced street is the anchor; from there leftwards over what names places, and
rightwards over what gives details.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa_engine.language.entities.entity import Found
from qa_engine.language.entities.places import CITIES, PROVINCES

_HAN = "\u4e00-\u9fff"
_NUMERAL = "[0-9一二三四五六七八九十百零〇两幺]"
_NUMBER = rf"(?:[甲乙丙丁]|[a-z])?{_NUMERAL}(?:[ ]?{_NUMERAL}|[-–之杠](?={_NUMERAL})){{0,6}}[a-z]?"
_PAUSE = r"(?:[ ,、]|[嗯呃啊]|那个|然后是?)"
_STREET = "大道|大街|胡同|马路|公路|环路|支路|路(?![线况程费由过人途段])|街(?![道口坊区景舞边])|巷|弄"
_ESTATE = (
    "小区|花园|花苑|家园|嘉园|新村|公寓|大厦|广场|大楼|写字楼|商务楼|宿舍|家属院|别墅|山庄|公馆|名都|名苑|雅苑|雅居|华庭|豪庭|华府|新城|佳苑|新苑|丽苑|嘉苑"
    "|工业园区?|科技园区?|产业园区?|创业园|软件园|中心|国际|小镇"
)
_COURT = "苑|城|府|庭|湾|居|轩|阁|邸|墅|园|院|里|坊|寓"
"""Estates named by one character: with a longer name only, for many words end so."""
_VILLAGE = "村委会|村民?|屯|庄|寨|社区|大队|镇|乡"
_LANDMARK = (
    "小区|花园|家园|公寓|大厦|广场|大楼|写字楼|中心|公馆|商场|商城|大学|学院|学校|中学|小学|医院"
    "|酒店|宾馆|工业园|科技园|产业园"
)
_UNIT = "号楼|号院|号库|号门|号铺|号|弄|巷|栋|幢|座|单元|室|楼|层|房|户|段|组|队|社|门|区|期|铺|邻|f|院"
_DETAIL = (
    rf"(?:第?{_NUMBER}[ ]?(?:{_UNIT})(?![码召称线])(?:院)?(?:之[ ]?{_NUMBER})?|[a-z][ ]?[座栋区幢]|[东西南北中][区座院楼门]"
    rf"|地下[一二]?层?)"
)
_NAME_CHAR = rf"(?![在到是住寄送我您你他她这那的了就去来给叫可谢])[{_HAN}a-z]"
_INSIDE = (
    rf"(?:{_NAME_CHAR}){{1,8}}?(?:{_ESTATE}|[{_COURT}])(?={_PAUSE}{{0,3}}(?:{_DETAIL}|[0-9]{{2,5}}|[a-z][座栋]))"
    rf"|(?:{_NAME_CHAR}){{2,8}}?(?:{_LANDMARK})"
)
_BARE_ROOM = (
    rf"(?:[0-9][0-9 -]{{1,6}}[0-9]|[一二三四五六七八九零幺两]{{3,5}})(?!{_NUMERAL}|[年月日天块元点万个次分])"
)
_RIGHT = re.compile(rf"(?:{_PAUSE}{{0,3}}(?:{_DETAIL}|{_INSIDE}|{_BARE_ROOM}))*")
_STREET_NUMBER = (
    rf"(?:[东西南北中][段路街]?)?{_PAUSE}{{0,3}}(?={_NUMBER}[ ]?(?:号|弄|巷|段|院|栋|幢)(?![码召称]))"
)
_ESTATE_NUMBER = (
    rf"{_PAUSE}{{0,3}}(?={_NUMBER}[ ]?(?:栋|幢|号楼|座|单元|室|楼|层|号|区|期)(?![码召称上下])|[a-z][ ]?[座栋区]"
    rf"|[东西南北][区座])"
)
_VILLAGE_NUMBER = rf"{_PAUSE}{{0,3}}(?={_NUMBER}[ ]?(?:组|号|队|社|户|巷)(?![码召称]))"
# The alternatives begin with characters, not with groups: that lets the engine skip to the next one that fits.
_ANCHOR = re.compile(
    "|".join(
        rf"{word}{number}"
        for words, number in (
            (f"{_STREET}|道", _STREET_NUMBER),
            (f"{_ESTATE}|{_COURT}", _ESTATE_NUMBER),
            (_VILLAGE, _VILLAGE_NUMBER),
        )
        for word in words.split("|")
    )
)
_BUILDING = re.compile(
    rf"(?<=[{_HAN}a-z ])(?=(?:{_NUMBER}[ ]?(?:栋|幢|号楼)|[a-z][ ]?座)(?P<room>{_PAUSE}{{0,3}}{_NUMBER})?)"
)
_BUILDING_WORD = re.compile("栋|幢|号楼|座")
_BARE = re.compile(
    "|".join(
        f"{word}(?:小区|社区|公寓|大厦)?"
        for word in f"{_STREET}|小区|花园|花苑|家园|嘉园|新村|公寓|大厦|广场|别墅|大楼|家属院|公馆|苑".split(
            "|"
        )
    )
)
_NO_STREET = re.compile(
    "(?:[这那条一半多少走问迷带修上下出退同顺铺套思网线电铁马公高回岔末销财生活道岐歧心理来去找过赶让开大小水陆][路]|(?:这|那|哪|一|逛|上|几)条?街|知道|渠道|频道|报道|通道|味道|难道|公道|轨道|管道|人道|地道|厚道|打道|赛道|弯道)$"
)
_STOP = re.compile(
    r"[在到是住寄送往址去给这那叫填写了说就的为把跟?。!;:\n吗吧呢啊嘛让个做坐]|沿着?|经过|直达|途经|通过|停靠|转入|提前|[我您你他她它咱]们?家?|地点|公司(?!路)|家里|老家|单位|目前|现在|收货|收件|籍贯?|地方|位于|快递放|放到|麻烦"
    "|邮到|改成|小区叫|成(?![都华功])|和(?![平睦谐顺])|发(?![展达])|从(?!化)|请|可以|达(?!州)|先(?!锋)|离(?!石)"
)
_SEPARATOR = re.compile(r"[,、 ]+|[嗯呃]+|那个")
_PLACE_END = re.compile(
    rf"(?:省|市|区|县|旗|州|盟|镇|乡|村|街道|路|街|道|号|弄|{'|'.join(PROVINCES + CITIES)})$"
)
_KNOWN = re.compile("|".join(PROVINCES + CITIES))
_ADMIN = re.compile("[省市区县州镇乡村旗]")
_WANTED = re.compile(
    "快递放|放到|住|地址|住址|寄|送|邮|快递|位于|公司在|家在|房子在|小区|收货|收件|店在|门店|上门|户籍|籍贯|搬"
)
_DISTRICT = re.compile(rf"[{_HAN}]{{2}}(?:省|市|区|县|镇|乡)(?!中心)")
_COUNTED = "0123456789一二两三四五六七八九十"
_REACH = 48


def find_addresses(text: str) -> Iterator[Found]:
    """All addresses of a folded text."""
    done = 0
    for anchor, end, sure in sorted(_anchors(text)):
        if anchor < done:
            continue
        first = _start(text, anchor, done)
        right = _RIGHT.match(text, end)
        last = right.end() if right else end
        name = text[first:anchor]
        if not name or _NO_STREET.search(text, first, anchor + 1):
            continue
        if sure or last > end or _stands_bare(text, first, name):
            done = last
            yield Found("address", first, done)


def _anchors(text: str) -> Iterator[tuple[int, int, bool]]:
    """Place and end of every anchor, and whether a number follows it."""
    for hit in _ANCHOR.finditer(text):
        if hit[0][0] not in _COURT or hit[0][:2] in _ESTATE or _has_long_name(text, hit.start()):
            yield hit.start(), hit.end(), True
    for hit in _BARE.finditer(text):
        yield hit.start(), hit.end(), False
    if _BUILDING_WORD.search(text):
        for hit in _BUILDING.finditer(text):
            if hit["room"] or _is_wanted(text, _start(text, hit.start(), 0)):
                yield hit.start(), hit.end(), True


def _is_wanted(text: str, start: int) -> bool:
    return _WANTED.search(text, max(0, start - 12), start) is not None


def _has_long_name(text: str, place: int) -> bool:
    return place - _start(text, place, 0) >= 2


def _stands_bare(text: str, start: int, name: str) -> bool:
    """A street or estate without a number counts after a place name, or where an address is talked of."""
    if len(name) < 2:
        return False
    if name[-1] in _COUNTED:  # 10路, 两路: a bus
        return False
    if _DISTRICT.search(name) or _KNOWN.search(name):
        return True
    return len(name) <= 6 and _is_wanted(text, start)


def _start(text: str, anchor: int, done: int) -> int:
    """Where the first place name left of the anchor begins."""
    floor = max(done, anchor - _REACH, text.rfind("\n", 0, anchor) + 1)
    start = anchor
    while True:
        separators = list(_SEPARATOR.finditer(text, floor, start))
        separator = next((s for s in reversed(separators) if s.end() <= start), None)
        segment = separator.end() if separator else floor
        stop = None
        for stop in _STOP.finditer(text, segment, start):  # noqa: B007 — the last one
            pass
        if stop is not None:
            start = stop.end()
            break
        start = segment
        if separator is None or not _PLACE_END.search(text, floor, separator.start()):
            break
        start = separator.start()
    known = _KNOWN.search(text, start, anchor)
    if known and not _ADMIN.search(text, start, known.start()):
        start = known.start()
    return start
