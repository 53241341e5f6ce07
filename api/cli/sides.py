"""The options of a call that was recorded as two files, one a side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from models.manifest import CustomerFile

AgentFile = Annotated[
    Path | None, typer.Option("--agent", metavar="FILE", help="坐席一方的录音 · The agent's side")
]
CustomersFile = Annotated[
    Path | None, typer.Option("--customer", metavar="FILE", help="客户一方的录音 · The customer's side")
]
Offset = Annotated[
    float,
    typer.Option(
        "--customer-offset",
        metavar="S",
        help="客户录音比坐席录音晚开始的秒数 · Seconds by which the customer's file begins later",
    ),
]


def with_sides(
    files: Sequence[Path] | None, agent: Path | None, customer: Path | None, offset_s: float
) -> tuple[list[Path], Mapping[Path, CustomerFile]]:
    """All files named, the agent's side among them, and the other side of those that have one."""
    if (agent is None) != (customer is None):
        raise typer.BadParameter("--agent 和 --customer 须一起给出 · One needs the other")
    if not files and agent is None:
        raise typer.BadParameter("请给出文件,或 --agent 和 --customer · No file given")
    if agent is None or customer is None:
        return list(files or ()), {}
    return [*(files or ()), agent], {agent: CustomerFile(customer, offset_s)}
