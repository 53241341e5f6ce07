"""What may be said when."""

from __future__ import annotations

import pytest

from qa_engine.insight.experiments.conclusion import Say, compare, conclude
from qa_engine.insight.experiments.sequential import Arm

FAIR = (Arm(30, 9000), Arm(31, 9000))


@pytest.mark.parametrize(
    ("conversion", "complaints", "says"),
    [
        ((Arm(450, 9000), Arm(630, 9000)), FAIR, Say.SECOND_BETTER),
        ((Arm(630, 9000), Arm(450, 9000)), FAIR, Say.FIRST_BETTER),
        ((Arm(25, 500), Arm(30, 500)), FAIR, Say.TOO_FEW),  # 8,143 an arm are needed
        ((Arm(450, 9000), Arm(495, 9000)), FAIR, Say.GO_ON),
        ((Arm(25000, 500000), Arm(25050, 500000)), FAIR, Say.NO_DIFFERENCE),
        # it sells more, and people complain: harm goes first
        ((Arm(450, 9000), Arm(630, 9000)), (Arm(30, 9000), Arm(120, 9000)), Say.HARM),
        ((Arm(0, 9000), Arm(5, 9000)), FAIR, Say.TOO_FEW),
    ],
)
def test_conclusion(conversion, complaints, says) -> None:
    compared = compare({"conversion": conversion, "complaints": complaints})
    assert conclude(compared, metric="conversion", base=0.05, least=0.01) is says


def test_fewer_early_hang_ups_are_better() -> None:
    compared = compare({"early_hangup": (Arm(3000, 9000), Arm(2500, 9000))})
    assert conclude(compared, metric="early_hangup", base=0.3, least=0.03) is Say.SECOND_BETTER
