"""Whether two people talked at all, or a person to a machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from qa_engine.calls import Ending, Role, Turn
from qa_engine.speech.cleanup import spoken_chars
from qa_engine.speech.machines import is_announcement, menus

# So much from the other side besides the announcement means that a person came to the telephone after all.
MIN_PERSON_CHARS: Final = 12


def ending_of(turns: Sequence[Turn], *, sides_apart: bool = True) -> Ending:
    """NO_CONVERSATION where only one side speaks, the customer's side is an announcement, or a side is a menu and nobody
    after it. Where the sides could not be told apart (one channel, voices alike) only what is said counts."""
    if not turns:
        return Ending.NO_CONVERSATION
    played = {sound.start_s for sound in menus(turns)}
    people = [turn for turn in turns if turn.start_s not in played]
    customer = [turn.text for turn in people if turn.role is Role.CUSTOMER or not sides_apart]
    machine = [text for text in customer if is_announcement(text)]
    person = "".join(spoken_chars(text) for text in customer if not is_announcement(text))
    if sides_apart and (not customer or len(customer) == len(people)):
        return Ending.NO_CONVERSATION
    called = [turn for turn in turns if turn.role is Role.CUSTOMER or not sides_apart]
    answered = bool(machine) or any(turn.start_s in played for turn in called)
    return Ending.NO_CONVERSATION if answered and len(person) < MIN_PERSON_CHARS else Ending.CONVERSATION
