"""Rows of the table → criteria: sections filled down, totals left out, shared cells understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from qa_engine.rubric.importing.columns import Header, Role, find_header, role_of
from qa_engine.rubric.importing.questions import Question
from qa_engine.rubric.importing.scores import plain_numbers
from qa_engine.rubric.importing.sheet import BadForm, Cell, Sheet
from qa_engine.rubric.importing.wording import short

MAX_CRITERIA = 300
_TOTAL = re.compile(
    r"(?:.{0,10}(?:小计|合计|总计)|总分|总得分|满分合计|合计分数?|sub-?total|total|sum)[::]?(?:\(?\d*分?\)?)\Z",
    re.IGNORECASE,
)
_NOTE = re.compile(r"(?:备注|注意?|说明|附|填表说明|评分说明|计分规则)\s*\d*\s*[::、]|注[::]")
_SECTION_POINTS = re.compile(r"[((【\[]\s*(?:共|满分|权重)?\s*\d+(?:\.\d+)?\s*[分%]\s*[))】\]]")
_NUMBERING = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、..]|[((][一二三四五六七八九十\d]{1,3}[))]|第[一二三四五六七八九十]{1,2}[部分章节]{1,2}\s*[、::]?|\d{1,2}\s*[、..](?!\d)|[IVX]{1,4}[、..])\s*"
)
_PASS_MARK = re.compile(
    r"(?:合格|及格|达标|通过)(?:分数?线?|标准|线)?\s*(?:为|是|::|:|≥|>=|不低于|大于等于)*\s*(\d{2,3}(?:\.\d)?)\s*分?"
)
LONG_CHARS = 40


@dataclass(slots=True)
class Criterion:
    """One thing that the form asks, with everything its row says. `score` is the cell of its points.

    `focus` is the one clause that this is about where a cell lists several; `parts` are the rows that share its points
    because cells are merged or a row continues the one above."""

    row: int
    section: str
    title: str
    standard: str = ""
    deduct: str = ""
    kind: str = ""
    note: str = ""
    script: str = ""
    bad_script: str = ""
    score: Cell | None = None
    weight: Cell | None = None
    focus: str = ""
    parts: list[Criterion] = field(default_factory=list)

    @property
    def wording(self) -> str:
        """All that the row says about what is asked."""
        return "\n".join(dict.fromkeys(text for text in (self.title, self.standard, self.deduct) if text))


@dataclass(frozen=True, slots=True)
class Form:
    """What the table holds. `total` is the full mark that a total row states, None where there is none."""

    title: str
    pass_mark: float | None
    criteria: tuple[Criterion, ...]
    questions: tuple[Question, ...]
    header: Header


def read_rows(sheet: Sheet) -> Form:
    """The criteria of a sheet. Raises `BadForm`."""
    header = find_header(sheet)
    above = [text for row in sheet.rows[: header.first_row - 1] for text in _texts(row)]
    reader = _Reader(header)
    for number, row in enumerate(sheet.rows[header.last_row :], start=header.last_row + 1):
        reader.read(number, row)
    if not reader.found:
        message = f"列名在第 {header.last_row} 行,下面没有检查项"
        raise BadForm(message, hint="每个检查项一行;请检查工作表", where=sheet.where(header.last_row))
    if len(reader.found) > MAX_CRITERIA:
        message = f"有 {len(reader.found):,} 个检查项,最多 {MAX_CRITERIA} 个"
        hint = "请只保留评分表本身,或拆成几张表"
        raise BadForm(message, hint=hint, where=sheet.where(reader.found[MAX_CRITERIA].row))
    marks = [match for text in (*above, *reader.notes) if (match := _PASS_MARK.search(text))]
    return Form(
        title=next((text for text in above if len(text) <= LONG_CHARS), ""),
        pass_mark=float(marks[0][1]) if marks and float(marks[0][1]) <= 100 else None,
        criteria=tuple(reader.found),
        questions=tuple(reader.questions),
        header=header,
    )


def _texts(row: Sequence[Cell]) -> list[str]:
    return list(dict.fromkeys(cell.text for cell in row if cell.text))


class _Reader:
    """Reads row after row and remembers what the rows above said."""

    def __init__(self, header: Header) -> None:
        self.found: list[Criterion] = []
        self.questions: list[Question] = []
        self.notes: list[str] = []
        self._header = header
        self._section = ""
        self._below = ""

    def read(self, number: int, row: Sequence[Cell]) -> None:
        """Takes one row in."""
        texts = _texts(row)
        if not texts or self._is_total(row) or self._repeats_header(row):
            return
        if len(texts) == 1 and self._heads_or_notes(number, row, texts[0]):
            return
        header = self._header
        section, below = header.text(row, Role.SECTION), header.text(row, Role.SUBSECTION)
        if section and section != self._section:
            self._section, self._below = section, ""
        self._below = below or self._below
        title, standard = header.text(row, Role.TITLE), header.text(row, Role.STANDARD)
        deduct = header.text(row, Role.DEDUCT)
        if not (title or standard or deduct):
            if not section and not below:
                self._leave(number, " ".join(texts))
            return
        self._add(number, row, title, standard, deduct)

    def _add(self, number: int, row: Sequence[Cell], title: str, standard: str, deduct: str) -> None:
        header = self._header
        cell = header.cell(row, Role.TITLE)
        score, weight = header.cell(row, Role.SCORE), header.cell(row, Role.WEIGHT)
        last = self.found[-1] if self.found else None
        code = header.cell(row, Role.CODE)
        numbered = code is not None and code.row == number and bool(code.text)
        continues = last is not None and (
            (not title and not numbered) or (cell is not None and cell.row < number and cell.row >= last.row)
        )
        made = Criterion(
            number, self._section, title, standard, deduct,
            kind=header.text(row, Role.KIND),
            note=header.text(row, Role.NOTE),
            script=header.text(row, Role.SCRIPT),
            bad_script=header.text(row, Role.BAD_SCRIPT),
            score=score,
            weight=weight,
        )  # fmt: skip
        if continues and last is not None:
            if self._shares_points(number, score, weight):
                if not last.parts:
                    last.parts.append(_copy_of(last))
                last.parts.append(made)
                return
            made.title = f"{last.title.split(':')[0]}:{short(standard or deduct)}"
            made.focus = "\n".join(text for text in (standard, deduct) if text)
        elif not title:
            made.title = short(standard or deduct)
        elif self._below and self._below not in title and self._below != self._section:
            made.title = f"{self._below}:{title}"
        self.found.append(made)

    def _shares_points(self, number: int, score: Cell | None, weight: Cell | None) -> bool:
        """Whether the row has no points of its own: none at all, or those of a merged cell that began above."""
        cell = score if score is not None else weight
        return cell is None or not cell.text or cell.row < number

    def _is_total(self, row: Sequence[Cell]) -> bool:
        first = _texts(row)[:3]
        return any(_TOTAL.match(re.sub(r"\s", "", text)) for text in first)

    def _repeats_header(self, row: Sequence[Cell]) -> bool:
        """Printed forms repeat the column names on every page."""
        names = {index: role for role, places in self._header.columns.items() for index in places}
        same = [index for index in names if row[index].text and role_of(row[index].text)]
        filled = [index for index in names if row[index].text]
        return len(filled) >= 2 and len(same) == len(filled)

    def _heads_or_notes(self, number: int, row: Sequence[Cell], text: str) -> bool:
        """A row with one text: the head of a section, or a note. False where it is a criterion."""
        places = self._header.columns
        only_titles = not (places.keys() - {Role.TITLE, Role.CODE, Role.RATER, Role.NOTE})
        if _NOTE.match(text):
            self._leave(number, text)
            return True
        if only_titles:
            return False
        if len(text) > LONG_CHARS:
            first = next(index for index, cell in enumerate(row) if cell.text)
            if first in {*places.get(Role.STANDARD, ()), *places.get(Role.DEDUCT, ())} and self.found:
                return False
            self._leave(number, text)
            return True
        where = [index for index, cell in enumerate(row) if cell.text]
        continuing = {*places.get(Role.STANDARD, ()), *places.get(Role.DEDUCT, ())}
        if len(where) == 1 and where[0] in continuing and Role.TITLE in places:
            return False
        self._section, self._below = section_title(text), ""
        return True

    def _leave(self, number: int, text: str) -> None:
        self.notes.append(text)
        ask = "这一行没有归入任何检查项,其中的规则要人工写进质检表"
        self.questions.append(Question("left_over", ask, "没有采用", text[:200], number))


def _copy_of(criterion: Criterion) -> Criterion:
    return Criterion(
        criterion.row, criterion.section, criterion.title, criterion.standard, criterion.deduct,
        criterion.kind, criterion.note, criterion.script, criterion.bad_script,
    )  # fmt: skip


def section_title(text: str) -> str:
    """A section's name without its number and points: 一、开场白(20分) → 开场白."""
    flat = " ".join(text.split())
    bare = (
        _SECTION_POINTS.sub("", plain_numbers(flat)) if _SECTION_POINTS.search(plain_numbers(flat)) else flat
    )
    return _NUMBERING.sub("", bare).strip() or flat


def item_title(text: str) -> str:
    """An item's name without its number and points, on one line."""
    return section_title(text)
