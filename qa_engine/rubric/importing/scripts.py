"""What a form itself gives as examples: lines of its script columns, as an agent would say them."""

from __future__ import annotations

import re

from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.wording import placeholders_filled
from qa_engine.rubric.yaml_nodes import Plain

MAX_LINES = 3
_DIALOGUE = re.compile("客户[::]")
_QUOTED = re.compile(r"[“「『\"]([^”」』\"]{2,200})[”」』\"]")
_SPEAKER = re.compile(r"^(?:坐席|客服|座席|A)[::]\s*")


def script_lines(script: str, company: str) -> tuple[str, ...]:
    """Example lines from a script cell; dialogues are left out, they say more than this item."""
    if _DIALOGUE.search(script):
        return ()
    raw = _QUOTED.findall(script) or [_SPEAKER.sub("", line) for line in script.split("\n")]
    lines = [placeholders_filled(line, company).replace("/", ",").strip() for line in raw]
    spoken = [f"坐席:{line}" for line in lines if sum(char.isalnum() for char in line) >= 2]
    return tuple(dict.fromkeys(spoken[:MAX_LINES]))


def examples_of(proposal: Proposal, good: tuple[str, ...], bad: tuple[str, ...]) -> dict[str, Plain]:
    """The proposal's examples with the form's own lines before them."""
    found = {kind: list(lines) for kind, lines in proposal.examples.items()}
    found["pass"] = [*good, *found.get("pass", [])]
    found["fail"] = [*bad, *found.get("fail", [])]
    return {kind: [*dict.fromkeys(lines)] for kind, lines in found.items() if lines}
