"""Letters and digits spelled out: `w x 幺二三下划线八八`, as e-mail addresses, WeChat ids and plates are."""

from __future__ import annotations

from qa_engine.language.entities.digits import HARD

DIGIT = rf"(?:[要腰期久](?=[ ]?(?:[a-z要腰期久]|{HARD}))|{HARD})"
"""A digit, also one that was misheard, where another sign follows."""
JOINER = "下划线|下滑线|下画线|底线|中划线|横杠|横线|减号|连字符|短横|杠|[_-]"
SIGN = rf"(?:[a-z]|{DIGIT}|{JOINER})"
"""One sign of an id."""
BETWEEN = r"(?:[ ,、]|[嗯呃啊]|那个|然后|再来|再加|一个|大写的?|小写的?|字母|数字|英文|就是|接着|后面|加上|[再是加的])"
"""What may stand between two signs."""
