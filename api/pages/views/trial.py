"""A draft tried on one conversation: its verdicts beside those of what is in force, and the proof of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from api.pages.languages import Words
from api.pages.views.dialogue import TurnView, dialogue
from api.pages.views.form import FormView, ItemView, form_view
from api.pages.views.privacy import masked_evaluation, masked_piece, masked_texts
from qa_engine.calls import Call
from qa_engine.language.analysis import Analysis, analyze
from qa_engine.language.sentiment import SCORERS
from qa_engine.scoring.compile import Plan
from qa_engine.scoring.evaluation import Evaluation
from qa_engine.scoring.evaluator import applies, evaluate
from qa_engine.scoring.proof import Proof, explain_all
from qa_engine.scoring.wording import short
from qa_engine.speech.signals import measure


@dataclass(frozen=True, slots=True)
class TrialRow:
    """An item under the draft. `before` is its verdict in force: "" where nothing is, "absent" where it is new."""

    item: ItemView
    before: str
    proof: Proof | None

    @property
    def is_changed(self) -> bool:
        return bool(self.before) and self.before != self.item.verdict.value


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole trial. `applies` is False where the draft is not for such a call; `gone` are items that only the form in
    force has, with their verdicts."""

    after: FormView
    before: FormView | None
    rows: tuple[TrialRow, ...]
    gone: tuple[tuple[str, str], ...]
    turns: tuple[TurnView, ...]
    applies: bool


def trial(call: Call, new: Plan, old: Plan | None, *, sentiment: str, words: Words, is_real: bool) -> Trial:
    """Judges a call by both forms. `is_real`: who is named in it is masked, as on every page."""
    shown = masked_texts(call.transcript) if is_real else tuple(turn.text for turn in call.transcript.turns)
    analysis = _analysis(call, new, sentiment)
    after = _masked(evaluate(call, new, analysis=analysis), shown, is_real=is_real)
    before: Evaluation | None = None
    if old is not None:
        same = old.rubric.taxonomy == new.rubric.taxonomy
        own = analysis if same else _analysis(call, old, sentiment)
        before = _masked(evaluate(call, old, analysis=own), shown, is_real=is_real)
    proofs = {
        name: masked_proof(proof, shown) if is_real else proof
        for name, proof in explain_all(call, new, analysis=analysis).items()
    }
    form = _form(after, call, new, words)
    old_verdicts = {item.id: item.verdict.value for item in before.items} if before else {}
    return Trial(
        after=form,
        before=_form(before, call, old, words) if before and old else None,
        rows=tuple(
            TrialRow(item, old_verdicts.get(item.id, "absent") if before else "", proofs.get(item.id))
            for item in form.items
        ),
        gone=_gone(before, form),
        turns=dialogue(call.transcript, form, objections=after.objections, shown=shown),
        applies=applies(new, call),
    )


def _analysis(call: Call, plan: Plan, sentiment: str) -> Analysis:
    return analyze(call, plan.taxonomy, signals=measure(call), scorer=SCORERS[sentiment])


def _masked(evaluation: Evaluation, shown: Sequence[str], *, is_real: bool) -> Evaluation:
    return masked_evaluation(evaluation, shown) if is_real else evaluation


def _form(evaluation: Evaluation, call: Call, plan: Plan, words: Words) -> FormView:
    titles = {section.id: words.prose(section.title) for section in plan.rubric.sections}
    return form_view(evaluation, call.transcript, section_titles=titles, formula=evaluation.formula)


def _gone(before: Evaluation | None, form: FormView) -> tuple[tuple[str, str], ...]:
    kept = {item.id for item in form.items}
    return tuple(
        (item.title, item.verdict.value) for item in (before.items if before else ()) if item.id not in kept
    )


def masked_proof(proof: Proof, texts: Sequence[str]) -> Proof:
    """A proof whose quotes are taken from `texts`, also where a reason repeats them."""
    said = {
        short(found.evidence.text): short(shown.text)
        for node in _nodes(proof)
        for found in node.evidence
        if (shown := masked_piece(found.evidence, texts)).text != found.evidence.text
    }
    return _masked_node(proof, texts, said)


def _nodes(proof: Proof) -> Iterator[Proof]:
    yield proof
    for child in proof.children:
        yield from _nodes(child)


def _masked_node(proof: Proof, texts: Sequence[str], said: Mapping[str, str]) -> Proof:
    reason = proof.reason
    for real, shown in said.items():
        reason = reason.replace(real, shown)
    evidence = tuple(
        replace(found, evidence=masked_piece(found.evidence, texts), words=()) for found in proof.evidence
    )
    children = tuple(_masked_node(child, texts, said) for child in proof.children)
    return replace(proof, reason=reason, evidence=evidence, children=children)
