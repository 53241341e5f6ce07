"""Who is meant by an @ in a comment."""

from __future__ import annotations

import re
from collections.abc import Collection

AT = re.compile("[@\uff20]")
WORD = re.compile(r"[\w·.-]{1,30}")


def mentioned(text: str, known: Collection[str], *, free: bool = False) -> tuple[str, ...]:
    """Names after an @, each once, in their order: the longest known name that the text goes on with. `free`: what is not
    known counts up to the next space or point, for places where nobody has an account."""
    longest_first = sorted((name for name in known if name), key=len, reverse=True)
    found: dict[str, None] = {}
    for at in AT.finditer(text):
        rest = text[at.end() :]
        name = next((one for one in longest_first if rest.startswith(one)), None)
        if name is None and free:
            word = WORD.match(rest)
            name = word[0] if word else None
        if name is not None:
            found[name] = None
    return tuple(found)
