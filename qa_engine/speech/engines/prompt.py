"""The text that Whisper is shown before it listens: the style that is wanted, and the words to expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

# Punctuated Simplified Chinese in the style of such calls: Whisper answers in the script and punctuation of its prompt.
PROMPT_ZH: Final = (
    "您好，请问是王女士吗？我是客户经理，工号幺零三。本次通话会录音，您看现在方便吗？嗯，好的，您说吧。"
)
# Whisper takes 224 tokens of prompt and a Hanzi is one to three of them; the prompt above needs about 60.
MAX_HOT_CHARS: Final = 80


def with_hot_words(hot_words: Sequence[str], style: str) -> str:
    """Hot words before the style: of a prompt that is too long Whisper forgets the beginning."""
    named = ""
    for word in hot_words:
        if len(named) + len(word) < MAX_HOT_CHARS:
            named += word + "，"
    return f"{named[:-1]}。{style}" if named else style
