"""What a person says about an item: the verdict, and where it differs from the machine's, why."""

from __future__ import annotations

from enum import StrEnum

from qa_engine.scoring.evaluation import Verdict
from qa_engine.values import value

HUMAN = (Verdict.PASS, Verdict.FAIL, Verdict.NA)
"""Verdicts that a person can give, in the order of the keys 1, 2, 3."""


class Reason(StrEnum):
    """Why a person decided otherwise. Each points at the part of the product to be mended."""

    MISHEARD = "misheard"
    """The recogniser wrote other words than were said."""
    WRONG_SPEAKER = "wrong_speaker"
    """Agent and customer were taken for each other."""
    OTHER_MEANING = "other_meaning"
    """The words were said, but not in the sense of the rule: quoted, asked, negated, about something else."""
    OTHER_WORDS = "other_words"
    """It was said in words that the rule does not know."""
    NOT_THIS_CALL = "not_this_call"
    """The item is not meant for such a call."""
    ALLOWED = "allowed"
    """An exception that the floor allows."""
    OTHER = "other"
    """None of these: the note says what."""


@value
class Decision:
    """A person's word on one item; verdict None = left to the machine."""

    verdict: Verdict | None
    reason: Reason | None = None
    note: str = ""


NOTHING = Decision(None)


def overturns(machine: Verdict, human: Verdict | None) -> bool:
    """Whether a person decided against a verdict that the machine was sure of. To settle an unknown is no correction."""
    return human is not None and machine is not Verdict.UNKNOWN and human is not machine


def lacks_reason(machine: Verdict, decision: Decision) -> bool:
    """Whether a reason is still to be given; *other* is one only with a note."""
    if not overturns(machine, decision.verdict):
        return False
    return decision.reason is None or (decision.reason is Reason.OTHER and not decision.note.strip())
