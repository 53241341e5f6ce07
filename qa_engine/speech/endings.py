"""Whether two people talked at all, or a person to a machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from qa_engine.calls import Ending, Role, Turn
from qa_engine.speech.cleanup import spoken_chars

# What networks and answering machines say in Mandarin.
_MACHINE: Final = re.compile(
    r"您(?:所)?拨(?:打|叫)的(?:电话|用户|号码)|暂时无法接通|暂时无人接听|请(?:您)?稍后再拨|(?:提示音|嘀声|滴声)(?:后|之后)|"
    r"请(?:您)?留言|留言(?:信箱|请按)|语音信箱|已关机|是空号|不在服务区|正在通话中"
)
# So much from the other side besides the announcement means that a person came to the telephone after all.
MIN_PERSON_CHARS: Final = 12


def ending_of(turns: Sequence[Turn], *, sides_apart: bool = True) -> Ending:
    """NO_CONVERSATION where only one side speaks, or the customer's side is an announcement. Where the sides could not
    be told apart (one channel, voices alike) only what is said counts."""
    customer = [turn.text for turn in turns if turn.role is Role.CUSTOMER or not sides_apart]
    if not turns or (sides_apart and (not customer or len(customer) == len(turns))):
        return Ending.NO_CONVERSATION
    person = "".join(spoken_chars(text) for text in customer if not _MACHINE.search(spoken_chars(text)))
    spoke_machine = any(_MACHINE.search(spoken_chars(text)) for text in customer)
    return Ending.NO_CONVERSATION if spoke_machine and len(person) < MIN_PERSON_CHARS else Ending.CONVERSATION
