"""The proof of each item as a tree: condition, turn, words, milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from rich.text import Text
from rich.tree import Tree

from api.cli.console import out
from api.cli.labels import VERDICTS
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.proof import Proof, ProvenWords

MARKS: Mapping[str, tuple[str, str]] = {
    "true": ("✓", "green"),
    "false": ("✗", "red"),
    "unknown": ("?", "yellow"),
    "na": ("–", "dim"),
}


def show_proofs(evaluation: Evaluation, proofs: Mapping[str, Proof]) -> None:
    """A tree an item on stdout, in the order of the form."""
    for item in evaluation.items:
        proof = proofs.get(item.id)
        if proof is None:
            continue
        heading = Text(f"{item.id} · {item.title} · {VERDICTS[item.verdict]}", style="bold")
        tree = Tree(heading)
        for child in proof.children:
            _add(tree, child)
        out().print(tree)
    if proofs:
        out().print()


def _add(tree: Tree, proof: Proof) -> None:
    mark, style = MARKS[proof.truth]
    label = Text(f"{mark} {proof.condition}", style=style)
    if proof.reason and not proof.children:
        label.append(f" {proof.reason}", style="default")
    branch = tree.add(label)
    for child in proof.children:
        _add(branch, child)
    for found in proof.evidence:
        branch.add(_evidence(found))
    if proof.settle and not proof.children:
        stretches = "、".join(f"{_ms(start_s)}–{_ms(end_s)} ms" for start_s, end_s in proof.settle)
        branch.add(Text(f"可由录音 {stretches} 定下", style="yellow"))


def _evidence(found: ProvenWords) -> Text:
    evidence = found.evidence
    turn = f"第 {evidence.turn + 1} 句 " if evidence.turn is not None else ""
    span = ""
    if evidence.start_s is not None and evidence.end_s is not None:
        span = f" {_ms(evidence.start_s)}–{_ms(evidence.end_s)} ms"
    quote = f"“{evidence.text}”" if evidence.text else "找过的范围"
    line = Text(f"{turn}{quote}{span}", style="cyan")
    if found.words:
        words = " ".join(f"{word.text}[{word.start_ms}–{word.end_ms}]" for word in found.words)
        line.append(f" {words}", style="dim")
    return line


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
