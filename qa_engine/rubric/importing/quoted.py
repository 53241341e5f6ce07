"""Conditions from what a form quotes: phrases that the agent is to say, or never to say."""

from __future__ import annotations

from collections.abc import Sequence

from qa_engine.rubric.importing.proposal import Proposal
from qa_engine.rubric.importing.wording import Quote, quotes
from qa_engine.rubric.yaml_nodes import Plain

FUZZY_CHARS = 5
"""From so many syllables on, one wrong one may be forgiven."""


def quoted(wanted_in: str, faults_in: str = "") -> Proposal | None:
    """A proposal from the quotes of a criterion and of its deductions; None where it quotes nothing."""
    found = quotes(f"{wanted_in}\n{faults_in}")
    banned = [quote for quote in found if quote.banned]
    wanted = [quote for quote in found if not quote.banned]
    return _wanted(wanted) if wanted else _banned(banned) if banned else None


def _wanted(found: Sequence[Quote]) -> Proposal:
    """Several quotes are different ways to say it; the pieces of one quote are all to be said."""
    single = found[0].pieces if len(found) == 1 else ()
    words = single if len(single) > 1 else tuple(max(quote.pieces, key=len) for quote in found)
    says: dict[str, Plain] = {
        "by": "agent",
        ("all_of" if len(single) > 1 else "any_of"): list(dict.fromkeys(words)),
    }
    if all(sum(char.isalnum() for char in word) >= FUZZY_CHARS for word in words):
        says["match"] = "fuzzy"
    spoken = ",".join(single) if single else words[0]
    doubt = "按原文引用的话拟定;坐席换一种说法会判不合格,请补充其他说法"
    return Proposal(
        ("引用的话术",),
        {"pass_when": {"says": says}},
        {"pass": (f"坐席:{spoken}",), "fail": ("坐席:喂", "坐席:嗯")},
        doubts=(doubt,),
    )


def _banned(found: Sequence[Quote]) -> Proposal:
    words = list(dict.fromkeys(piece for quote in found for piece in quote.pieces))
    says: dict[str, Plain] = {"by": "agent", "any_of": [*words]}
    examples = {
        "fail": tuple(f"坐席:{word}" for word in words[:3]),
        "pass": (f"坐席:我们从来不说{words[0]}", "坐席:没有问题,您请说", "坐席:不客气"),
    }
    doubt = "按原文引用的禁语拟定;请补充同类说法"
    return Proposal(("引用的禁语",), {"fail_when": {"says": says}}, examples, {"says": says}, (doubt,))
