"""Phone numbers: mainland mobile, landline with area code, Taiwan mobile and landline.

Sources: the numbering plans of both sides (MIIT: 1[3-9] + 9 digits, area codes 010, 02x, 03xx–09xx with 7–8 digits;
NCC: 09 + 8 digits, area codes 02–08, 037, 049, 082, 0826, 0836, 089). Service lines (400, 800, 95xxx) are no
person's number.
"""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?:0?0?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0?0?86)?(?:0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7})|86(?:10|2\d)[2-9]\d{7}")
_TAIWAN = re.compile(
    r"09\d{8}|02[2-8]\d{7}|04[23]\d{7}|0(?:3|[5-8])[2-9]\d{6}|037\d{6}|049\d{7}|089\d{6}|0826\d{5}|0836\d{5}|082\d{6}"
)
_TAIWAN_ABROAD = re.compile(r"(?:00)?886(?:9\d{8}|2[2-8]\d{7}|4[23]\d{7}|[35-8]\d{7})")
_HONG_KONG_MACAU = re.compile(r"(?:00)?85[23][2-9]\d{7}")
_MISREAD = re.compile(r"1[3-9]\d{8,10}")
_CHANCE = 10
"""A digit 0 and eight more happen by chance in codes; from ten digits on the form alone is enough."""


def is_phone(digits: str, *, announced: bool) -> bool:
    """Whether digits are a phone number. `announced`: given as one, so that a digit too many or too few is forgiven
    in a mobile number, and short landlines count."""
    if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) or _TAIWAN_ABROAD.fullmatch(digits):
        return True
    if _TAIWAN.fullmatch(digits):
        return announced or len(digits) >= _CHANCE
    return announced and bool(_HONG_KONG_MACAU.fullmatch(digits))


def is_misread_phone(digits: str) -> bool:
    """A mobile number with a digit too many or too few."""
    return bool(_MISREAD.fullmatch(digits))
