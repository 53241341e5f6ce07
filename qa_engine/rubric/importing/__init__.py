"""A company's own QA form, read from a table, as a draft of a rubric and the questions that only its owner can answer.

The rows of the table are found (`columns`, `rows`), their wording is understood (`wording`, `scores`), what can be
judged by machine gets a proposed condition (`templates`, `quotes`), and the whole becomes a file (`draft`)."""

from qa_engine.rubric.importing.draft import Draft, draft_rubric
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.sheet import BadForm, Cell, Sheet

__all__ = ["BadForm", "Cell", "Draft", "Question", "Sheet", "draft_rubric"]
