"""What the people of the made-up quality assurance did on the demonstration: reviews, appeals, comments, a playlist, a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import yaml
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from api.pages.languages import full_width
from fixtures.operations.centre import AGENTS, LEADS
from models.appeal import AppealRow
from models.appeal_edit import Move, move_appeal
from models.appeal_file import Filing, file_appeal
from models.call import CallRow
from models.call_comment import CommentRow
from models.call_comment_edit import Place, Words, write_comment
from models.database import session
from models.evaluation import EvaluationRow
from models.ingest import limits
from models.library.edit import Draft, save_clip, set_consent, share_clip
from models.library.playlist import add_clip, make_playlist
from models.library.progress import answer, note_heard
from models.library.rows import ClipRow, Consent, Polarity
from models.library.sound import clip_file
from models.review import FIRST, SECOND, ReviewRow
from models.review_edit import Signed, ask_second, decide, machine_verdicts, open_review, submit
from models.review_total import Reckoner
from models.saved_view import SavedViewRow, ViewPage, save_view
from models.settings import Settings
from models.storage import Storage
from qa_engine.quality.appeal import Act
from qa_engine.quality.review import Decision, Reason
from qa_engine.scoring.evaluation import Verdict

RUBRIC = "telesales-standard"
REVIEWER, SECOND_REVIEWER, MANAGER = "郑可", "苏航", "林岚"
REVIEWED = ("ins-003", "tel-003")
CLIP_S = 12.0
AGENT_NAMES = {agent.id: agent.name for agent in AGENTS}


@dataclass(slots=True)
class _Desk:
    """The sample calls with their evaluations, and what a careful reviewer says of each item of them."""

    opened: Session
    calls: dict[str, tuple[CallRow, EvaluationRow]]
    truth: Mapping[str, Mapping[str, str]]
    reckoner: Reckoner

    def differing(self, machine: Verdict, human: Verdict) -> list[tuple[str, str]]:
        """(call, item) that the machine judges one way and the careful reviewer the other (or the same), by the calls' names;
        calls with a veto last: there an item changes no score."""
        return [
            (name, item)
            for name, (_, evaluation) in sorted(self.calls.items(), key=self._order)
            for item, verdict in machine_verdicts(evaluation).items()
            if verdict is machine and self.truth.get(name, {}).get(item) == human.value
        ]

    @staticmethod
    def _order(one: tuple[str, tuple[CallRow, EvaluationRow]]) -> tuple[bool, str]:
        return one[1][1].result == "auto_fail", one[0]


def work(engine: Engine, settings: Settings, source: str, calls: Path) -> None:
    """A handful of each kind, by the functions of the pages; what is there already stays."""
    with session(engine) as opened:
        desk = _desk(opened, settings, source, calls)
        if not desk.calls:
            return
        if opened.exec(select(ReviewRow.id).limit(1)).first() is None:
            _reviews(desk)
        if opened.exec(select(AppealRow.id).limit(1)).first() is None:
            _appeals(desk, settings)
        if opened.exec(select(CommentRow.id).limit(1)).first() is None:
            _comments(desk)
        if opened.exec(select(SavedViewRow.id).limit(1)).first() is None:
            save_view(opened, ViewPage.CALLS, "教育与电信组 · 不合格", "team=T2&result=fail", shared=False)
        made = [] if opened.exec(select(ClipRow.id).limit(1)).first() is not None else _library(desk)
    for clip_id in made:
        clip_file(engine, Storage(settings.storage_url), clip_id, limits(settings))


def _desk(opened: Session, settings: Settings, source: str, calls: Path) -> _Desk:
    expected = yaml.safe_load((calls / "expected.yaml").read_text("utf-8"))["calls"]
    rows = opened.exec(
        select(CallRow, EvaluationRow)
        .join(EvaluationRow, col(EvaluationRow.call_id) == col(CallRow.id))
        .where(
            CallRow.source == source,
            col(CallRow.external_id).in_(expected.keys()),
            EvaluationRow.rubric == RUBRIC,
            col(EvaluationRow.current).is_(True),
        )
    ).all()
    found = {call.external_id or "": (call, evaluation) for call, evaluation in rows}
    return _Desk(
        opened,
        {name: pair for name, pair in found.items() if name in expected},
        {name: one["verdicts"] for name, one in expected.items()},
        Reckoner(settings),
    )


def _reviews(desk: _Desk) -> None:
    """One agrees with the machine, one corrects what it got wrong, and somebody else looks at that call again. The first such
    call is left to the appeal."""
    opened, missed = desk.opened, desk.differing(Verdict.FAIL, Verdict.PASS)
    agreed = next((name for name in REVIEWED if name in desk.calls and name not in dict(missed)), None)
    if agreed is not None:
        evaluation = desk.calls[agreed][1]
        review = open_review(opened, _id(evaluation), name=REVIEWER, round_=FIRST)
        for item, verdict in machine_verdicts(evaluation).items():
            if desk.truth[agreed].get(item) == verdict.value:
                _decide(desk, review, item, Decision(verdict), name=REVIEWER)
        _submit(desk, review, name=REVIEWER)
    if not missed:
        return
    name, item = missed[-1]
    evaluation, decision = (
        desk.calls[name][1],
        Decision(Verdict.PASS, Reason.MISHEARD, "文字稿听错,以录音为准"),
    )
    for round_, who in ((FIRST, REVIEWER), (SECOND, SECOND_REVIEWER)):
        review = open_review(opened, _id(evaluation), name=who, round_=round_)
        _decide(desk, review, item, decision, name=who)
        if round_ == FIRST:
            ask_second(opened, review, why="改判后请另一位同事再听一遍", by=Signed(who, "demo-second"))
        _submit(desk, review, name=who)


def _decide(desk: _Desk, review: ReviewRow, item: str, decision: Decision, *, name: str) -> None:
    decide(
        desk.opened,
        review,
        item,
        decision,
        seen=review.version,
        by=Signed(name, f"demo-{review.round}-{item}"),
    )


def _submit(desk: _Desk, review: ReviewRow, *, name: str) -> None:
    desk.reckoner.settle(desk.opened, review)
    submit(desk.opened, review, seen=review.version, by=Signed(name, f"demo-{review.round}-submit"))


def _appeals(desk: _Desk, settings: Settings) -> None:
    """One that the team lead supports and that waits at QA, one that QA has decided."""
    reviewed = {row.call_id for row in desk.opened.exec(select(ReviewRow)).all()}
    free = {name for name, (call, _) in desk.calls.items() if call.id not in reviewed}
    wronged = [one for one in desk.differing(Verdict.FAIL, Verdict.PASS) if one[0] in free]
    right = [
        one
        for one in desk.differing(Verdict.FAIL, Verdict.FAIL)
        if one[0] in free and one[0] not in dict(wronged) and not one[1].startswith("compliance.")
    ]
    if wronged:
        row = _file(desk, settings, *wronged[0], "文字稿听错了,请听录音。")
        row = _move(desk, settings, row, Move(Act.SUPPORT, row.version, "听过了,与坐席说的一致"), "lead")
        grant = Move(Act.OVERTURN, row.version, "录音里能听清,文字稿听错了", Verdict.PASS, Reason.MISHEARD)
        _move(desk, settings, row, grant, SECOND_REVIEWER)
    elif right:
        row = _file(desk, settings, *right.pop(), "我觉得这样说客户更容易听。")
        row = _move(desk, settings, row, Move(Act.SUPPORT, row.version, "请质检定夺"), "lead")
        refuse = Move(Act.REFUSE, row.version, "听过了,这一项确实没有做到,建议看看同事的例子。")
        _move(desk, settings, row, refuse, SECOND_REVIEWER)
    if right:
        row = _file(desk, settings, *right[0], "客户当时很着急,我是按他的意思说的。")
        _move(desk, settings, row, Move(Act.SUPPORT, row.version, "请质检结合语境再看"), "lead")


def _file(desk: _Desk, settings: Settings, name: str, item: str, text: str) -> AppealRow:
    call, evaluation = desk.calls[name]
    agent = AGENT_NAMES.get(call.agent_id or "", "坐席")
    filing = Filing(item, Verdict.PASS, Reason.OTHER_MEANING, full_width(text))
    return file_appeal(desk.opened, settings, _id(evaluation), filing, by=Signed(agent, f"demo-{name}"))


def _move(desk: _Desk, settings: Settings, row: AppealRow, move: Move, name: str) -> AppealRow:
    who = LEADS.get(_team(desk, row.call_id), MANAGER) if name == "lead" else name
    by = Signed(who, f"demo-{row.id}-{move.act}")
    move = replace(move, note=full_width(move.note))
    return move_appeal(desk.opened, settings, row.id or 0, move, by=by, reckoner=desk.reckoner)


def _team(desk: _Desk, call_id: str) -> str:
    return desk.opened.get_one(CallRow, call_id).team_id or ""


def _comments(desk: _Desk) -> None:
    """Two, one of them to a team lead."""
    wanted = (
        ("ins-003", 22.0, Words("@何静 客户一说贵就直接反驳,下周一起听这一段。"), REVIEWER),
        ("ins-001", 78.0, Words("先认同再算账,这一段可以当例子。", for_agent=True), MANAGER),
    )
    for name, start_s, words, who in wanted:
        if name in desk.calls:
            call_id = desk.calls[name][0].id
            said = replace(words, text=full_width(words.text))
            write_comment(desk.opened, call_id, Place(start_s), said, by=Signed(who, f"demo-{name}"))


def _library(desk: _Desk) -> list[int]:
    """Clips whose agents agreed that others hear them, in one quiz that two people have begun."""
    wanted = (
        (
            "ins-001",
            76.0,
            "嫌贵:先认同,再把一年的钱算成一个月",
            "先接住顾虑,再把总价换成客户每月要付的数",
            Polarity.GOOD,
            "objection.acknowledged",
        ),
        (
            "ins-003",
            22.0,
            "嫌贵:一上来就说“不贵的”",
            "客户的感受被直接否定,后面的话就听不进去了",
            Polarity.BAD,
            "objection.acknowledged",
        ),
        (
            "tel-001",
            14.0,
            "先问几个人用、怎么用,再推荐",
            "两个开放式问题,推荐就有了依据",
            Polarity.GOOD,
            "discovery.questions",
        ),
        (
            "edu-002",
            8.0,
            "没有了解需求就报课",
            "没问学员情况就报课,还承诺“包过”",
            Polarity.BAD,
            "discovery.questions",
        ),
    )
    opened, clips = desk.opened, []
    for name, start_s, title, why, polarity, item in wanted:
        if name not in desk.calls:
            continue
        draft = Draft(
            round(start_s * 1000),
            round((start_s + CLIP_S) * 1000),
            full_width(title),
            polarity,
            why=full_width(why),
            rubric=RUBRIC,
            item_id=item,
        )
        call = desk.calls[name][0]
        clip = save_clip(opened, call.id, draft, name=MANAGER)
        set_consent(opened, clip, Consent.GRANTED, name=AGENT_NAMES.get(call.agent_id or "", "坐席"))
        share_clip(opened, clip, shared=True, name=MANAGER)
        clips.append(clip)
    course = make_playlist(
        opened, title=full_width("异议与提问:听例子判一判"), about="新人第一周", is_quiz=True, name=MANAGER
    )
    course.is_shared = True
    for clip in clips:
        add_clip(opened, course.id, clip.id or 0)
    for person, wrong in (("冯媛", 1), ("沈磊", 3)):
        for place, clip in enumerate(clips):
            is_good = (clip.polarity == Polarity.GOOD) is (place != wrong)
            note_heard(opened, clip, [(0, clip.length_ms)], stopped_ms=clip.length_ms, name=person)
            answer(opened, course, clip, "pass" if is_good else "fail", name=person)
    return [clip.id or 0 for clip in clips]


def _id(evaluation: EvaluationRow) -> int:
    assert evaluation.id is not None
    return evaluation.id
