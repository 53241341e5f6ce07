"""Making clips and changing them. Every change is kept with what was before it, so that it can be taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models.access.narrow import whole_group
from models.access.roles import Right, current_access
from models.call import CallRow, get_call
from models.columns import utc_now
from models.evaluation import EvaluationItemRow, EvaluationRow
from models.library.rows import TITLE_CHARS, WHY_CHARS, ClipChangeRow, ClipRow, Consent, Polarity
from models.transcript import TranscriptRow, get_transcript
from qa_engine.errors import BadInput, Conflict
from qa_engine.library.masking import Stretch, mask

SHORTEST_MS, LONGEST_MS = 1_000, 90_000
MOST_MARKED = 20
CONTENT = ("title", "why", "polarity", "rubric", "item_id", "section", "objection", "start_ms", "end_ms",
           "marked", "evaluation_id", "turn")  # fmt: skip
SOUND = ("start_ms", "end_ms", "marked")


class NotMaskable(Conflict):
    """There are no words by which personal data could be found."""

    code = "clip_not_maskable"


class ClipChanged(Conflict):
    """Somebody else changed the clip meanwhile."""

    code = "clip_changed"


class NotConsented(Conflict):
    """The agent who is heard has not agreed that others hear it."""

    code = "clip_not_consented"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says about a stretch of a call. `marked` are ms of the recording to be hidden beside what is found."""

    start_ms: int
    end_ms: int
    title: str
    polarity: Polarity
    why: str = ""
    rubric: str = ""
    item_id: str = ""
    objection: str = ""
    marked: tuple[Stretch, ...] = ()


def may_teach() -> bool:
    """Whether the asker makes and shares examples."""
    access = current_access()
    return access is None or access.may(Right.TEACH)


def save_clip(opened: Session, call_id: str, draft: Draft, *, name: str) -> ClipRow:
    """Keeps a stretch of a call as a clip that only those who teach see. Raises `NotFound`, `NotMaskable`, `BadInput`."""
    call = get_call(opened, call_id)
    values = _content(opened, call, draft)
    row = ClipRow(
        call_id=call.id, campaign=call.campaign or "", agent_id=call.agent_id or "", name=name, **values
    )
    write_lines(opened, row)
    opened.add(row)
    opened.flush()
    _log(opened, row, "make", {}, name)
    return row


def edit_clip(opened: Session, row: ClipRow, draft: Draft, *, version: int, name: str) -> None:
    """Changes what a clip says or holds. Another stretch needs the agent's consent anew: it was given for what they heard.
    Raises `ClipChanged`, `BadInput`, `NotMaskable`."""
    if version != row.version:
        raise ClipChanged("这个案例刚刚被别人改过", hint="请刷新页面,看过改动后再改")
    values = _content(opened, get_call(opened, row.call_id), draft)
    _change(opened, row, "edit", values | _asked_anew(row, values), name)


def delete_clip(opened: Session, row: ClipRow, *, name: str) -> None:
    """Puts a clip into the bin. It plays to nobody there, and comes back as it was."""
    if row.deleted_at is None:
        row.deleted_at = utc_now()
        _log(opened, row, "delete", {}, name)


def restore_clip(opened: Session, row: ClipRow, *, name: str) -> None:
    """Takes a clip out of the bin."""
    if row.deleted_at is not None:
        row.deleted_at = None
        _log(opened, row, "restore", {}, name)


def set_consent(opened: Session, row: ClipRow, consent: Consent, *, name: str) -> None:
    """Keeps whether the agent agrees. Without consent nobody else hears the clip, at once."""
    values = {"consent": consent.value, "consent_by": name if consent != Consent.OPEN else ""}
    _change(
        opened, row, "consent", values | ({} if consent == Consent.GRANTED else {"is_shared": False}), name
    )
    row.consent_at = utc_now()


def share_clip(opened: Session, row: ClipRow, *, shared: bool, name: str) -> None:
    """Lets everybody listen, or nobody. Raises `NotConsented`."""
    if shared and row.consent != Consent.GRANTED:
        raise NotConsented("坐席还没有同意把这段录音给别人听", hint="先征求授权,坐席同意后再共享")
    _change(opened, row, "share", {"is_shared": shared}, name)


def undoable(opened: Session, clip_id: int) -> ClipChangeRow | None:
    """The last edit that has not been taken back; None where there is none."""
    return opened.exec(
        select(ClipChangeRow)
        .where(
            ClipChangeRow.clip_id == clip_id,
            ClipChangeRow.kind == "edit",
            col(ClipChangeRow.undone_by).is_(None),
        )
        .order_by(col(ClipChangeRow.id).desc())
    ).first()


def undo_edit(opened: Session, row: ClipRow, *, name: str) -> None:
    """Takes back the last edit; what the clip says is what it said before. Raises `Conflict` where there is none."""
    assert row.id is not None
    last = undoable(opened, row.id)
    if last is None:
        raise Conflict("没有可以撤销的修改", hint="案例已是最初的样子")
    before = {name: value for name, value in last.before.items() if name in CONTENT}
    changed = _change(opened, row, "undo", before | _asked_anew(row, before), name)
    last.undone_by = changed.id
    opened.add(last)


def changes_of(opened: Session, clip_id: int) -> Sequence[ClipChangeRow]:
    """The log, oldest first."""
    return opened.exec(
        select(ClipChangeRow).where(ClipChangeRow.clip_id == clip_id).order_by(col(ClipChangeRow.id))
    ).all()


def write_lines(opened: Session, row: ClipRow) -> None:
    """Masks the clip's text by the transcript as it is now. Raises `NotMaskable`."""
    stored = opened.get(TranscriptRow, row.call_id)
    if stored is None:
        raise NotMaskable("这通电话还没有文字稿,无法找出要遮蔽的内容", hint="等转写完成后再存为案例")
    transcript, _ = get_transcript(opened, row.call_id)
    masked = mask(transcript, (row.start_ms, row.end_ms), marked=[(a, b) for a, b in row.marked])
    row.lines = [asdict(line) for line in masked.lines]
    row.masked = len(masked.tones)
    row.transcript_sha = stored.sha256


def as_masked_now(opened: Session, clips: Sequence[ClipRow]) -> list[ClipRow]:
    """The clips, those whose transcript was corrected since as copies with their text masked anew."""
    stored = col(TranscriptRow.call_id), col(TranscriptRow.sha256)
    with whole_group():
        rows = opened.execute(select_columns(*stored).where(stored[0].in_({clip.call_id for clip in clips})))
        now = {row[0]: row[1] for row in rows}
        found = []
        for clip in clips:
            if now.get(clip.call_id, clip.transcript_sha) == clip.transcript_sha:
                found.append(clip)
                continue
            copy = ClipRow(**clip.model_dump())
            write_lines(opened, copy)
            found.append(copy)
    return found


def _asked_anew(row: ClipRow, values: Mapping[str, Any]) -> dict[str, Any]:
    """Consent was given for what the agent heard: other sound needs it again."""
    is_other = any(values.get(key, getattr(row, key)) != getattr(row, key) for key in SOUND)
    if not is_other or row.consent == Consent.OPEN:
        return {}
    return {"consent": Consent.OPEN.value, "consent_by": "", "is_shared": False}


def _content(opened: Session, call: CallRow, draft: Draft) -> dict[str, Any]:
    title, why = _clean(draft.title), _clean(draft.why)
    if not title or len(title) > TITLE_CHARS or len(why) > WHY_CHARS:
        raise BadInput(
            f"标题应有 1 到 {TITLE_CHARS} 个字,说明至多 {WHY_CHARS} 个字", hint="请改短,或补上标题"
        )
    length = draft.end_ms - draft.start_ms
    if not SHORTEST_MS <= length <= LONGEST_MS:
        raise BadInput(
            f"片段长 {length / 1000:.1f} 秒,应为 {SHORTEST_MS // 1000} 到 {LONGEST_MS // 1000} 秒",
            hint="按 I 设起点,按 O 设终点",
        )
    last_ms = round(call.duration_s * 1000) if call.duration_s else None
    if draft.start_ms < 0 or (last_ms is not None and draft.end_ms > last_ms + 1000):
        raise BadInput("片段超出了录音", hint="请在波形上重新设起点和终点")
    if len(draft.marked) > MOST_MARKED:
        raise BadInput(f"手动遮蔽至多 {MOST_MARKED} 处", hint="把相邻的几处合成一处")
    evaluation, section = _provenance(opened, call.id, draft)
    return {
        "title": title,
        "why": why,
        "polarity": draft.polarity.value,
        "rubric": evaluation.rubric if evaluation else "",
        "item_id": draft.item_id,
        "section": section,
        "objection": draft.objection,
        "start_ms": draft.start_ms,
        "end_ms": min(draft.end_ms, last_ms) if last_ms else draft.end_ms,
        "marked": [list(one) for one in draft.marked if one[0] < one[1]],
        "evaluation_id": evaluation.id if evaluation else None,
        "turn": _turn_at(opened, call.id, draft.start_ms),
    }


def _provenance(opened: Session, call_id: str, draft: Draft) -> tuple[EvaluationRow | None, str]:
    """The evaluation that judged the item, and the item's section. Raises `BadInput`."""
    wanted = select(EvaluationRow).where(
        EvaluationRow.call_id == call_id, col(EvaluationRow.current).is_(True)
    )
    if draft.rubric:
        wanted = wanted.where(EvaluationRow.rubric == draft.rubric)
    rows = opened.exec(wanted.order_by(EvaluationRow.rubric)).all()
    if not draft.item_id:
        return (rows[0] if rows else None), ""
    for row in rows:
        assert row.id is not None
        item = opened.get(EvaluationItemRow, (row.id, draft.item_id))
        if item is not None:
            return row, item.section
    raise BadInput(
        f"这通电话没有按质检项 {draft.item_id[:80]} 评过", hint="从这通电话的质检表里选一项,或不填"
    )


def _turn_at(opened: Session, call_id: str, start_ms: int) -> int | None:
    stored = opened.get(TranscriptRow, call_id)
    turns = stored.turns if stored else []
    return next((place for place, turn in enumerate(turns) if turn["end_s"] * 1000 > start_ms), None)


def _change(opened: Session, row: ClipRow, kind: str, values: Mapping[str, Any], name: str) -> ClipChangeRow:
    before = {key: getattr(row, key) for key, value in values.items() if getattr(row, key) != value}
    for key, value in values.items():
        setattr(row, key, value)
    if kind in {"edit", "undo"}:
        write_lines(opened, row)
    return _log(opened, row, kind, before, name)


def _log(opened: Session, row: ClipRow, kind: str, before: Mapping[str, Any], name: str) -> ClipChangeRow:
    assert row.id is not None
    if kind != "make":
        row.version += 1
    row.changed_at = utc_now()
    change = ClipChangeRow(clip_id=row.id, kind=kind, before=dict(before), name=name)
    opened.add(row)
    opened.add(change)
    opened.flush()
    return change


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()
