"""`callqa scorecard …`: weight schedules, scores, closed months."""

from __future__ import annotations

from pathlib import Path

from api.cli.console import note, out, print_json, table
from api.cli.opening import parse_month, writing
from models.clock import today_of
from models.scorecard import (
    approve_schedule,
    close_month,
    month_drift,
    save_schedule,
)
from models.scorecard import preview as compare
from models.scorecard_board import score_board
from models.settings import Settings
from qa_engine.errors import NotFound
from qa_engine.kpi.registry import BY_ID
from qa_engine.scorecards.cards import Card, Part, PartState
from qa_engine.scorecards.documents import card_document, rank_document
from qa_engine.scorecards.pairs import guard_of
from qa_engine.scorecards.ranks import Rank
from qa_engine.scorecards.schedule_yaml import parse_schedule


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"找不到文件 {file}", hint="请检查路径") from error


def store(settings: Settings, file: Path, *, dry_run: bool) -> None:
    """Checks, warns, and stores unless `dry_run`."""
    text = _text(file)
    schedule = parse_schedule(text, file=file.name)
    for warning in schedule.warnings():
        note(f"提示:{warning}", style="yellow")
    if dry_run:
        note(f"{schedule.id}:{len(schedule.periods)} 个时段,没有问题(没有保存)")
        return
    with writing(settings) as opened:
        row = save_schedule(opened, text, file=file.name)
        approved = row.approved_at is not None
    command = f"callqa scorecard approve {row.id} {row.version} --by 姓名"
    note(f"{row.id} 第 {row.version} 版" + ("(已批准)" if approved else f"存为草稿;批准:{command}"))


def approve(settings: Settings, schedule_id: str, version: int, *, by: str) -> None:
    """From now on it scores."""
    with writing(settings) as opened:
        approve_schedule(opened, schedule_id, version, by=by)
    note(f"{schedule_id} 第 {version} 版由 {by.strip()} 批准")


def show_month(settings: Settings, month: str, *, as_json: bool) -> None:
    """The cards of a month with their ranks."""
    with writing(settings) as opened:
        board = score_board(opened, parse_month(month), today=today_of(settings))
        closed = board.kept.closed_by if board.kept else None
    cards, ranks = board.cards, board.ranks
    if as_json:
        documents = [
            card_document(card) | {"rank": rank_document(ranks.get(card.key), shrinks=board.shrinks)}
            for card in cards
        ]
        print_json({"format": "callqa.scorecards/1", "month": month, "closed_by": closed, "cards": documents})
        return
    if not cards:
        note("这个月没有话务数据。先导入:callqa import", style="yellow")
        return
    rows = [
        (rank_text(ranks.get(card.key)), card.key, score_text(card), "\n".join(map(part_text, card.parts)))
        for card in cards
    ]
    title = f"{month}(由 {closed} 结算)" if closed else f"{month}(未结算)"
    out().print(
        table(("名次", "坐席", "得分", "指标 = 数值 (95 % 区间, n) → 得分 × 权重"), rows, title=title)
    )


def rank_text(rank: Rank | None) -> str:
    """`3–6`: the places that the differences leave open."""
    if rank is None:
        return "—"
    return str(rank.best) if rank.best == rank.worst else f"{rank.best}–{rank.worst}"


def score_text(card: Card) -> str:
    """`86 ± 4`."""
    return "样本不足" if card.score is None else f"{card.score:.1f} ± {card.half:.1f}"


def part_text(part: Part) -> str:
    """One metric in a line: figure, interval, n, points, weight, and its guard."""
    name = BY_ID[part.metric].name_zh
    if part.state is PartState.UNKNOWN:
        return f"{name} 未知(不计分)"
    figure = part.figure
    interval = "" if figure.low is None or figure.high is None else f"{figure.low:.4g}–{figure.high:.4g}, "
    text = f"{name} = {figure.value:.4g} ({interval}n={figure.n:g})"
    if part.state is PartState.TOO_FEW:
        return f"{text} 样本不足(不计分)"
    drawn = f" 收缩为 {figure.drawn.value:.4g}" if figure.drawn else ""
    guard = guard_of(part.metric)
    pair = f" [配对:{BY_ID[guard].name_zh}]" if guard else ""
    return f"{text}{drawn} → {part.points:.1f} × {part.share:.3g}{pair}"


def show_preview(settings: Settings, file: Path, month: str, *, as_json: bool) -> None:
    """Old and new scores and ranks side by side; nothing is stored."""
    draft = parse_schedule(_text(file), file=file.name)
    with writing(settings) as opened:
        moves = compare(opened, draft, parse_month(month), today=today_of(settings))
    if as_json:
        print_json(
            [
                {
                    "key": move.key,
                    "old": move.old.score,
                    "new": move.new.score,
                    "change": move.change,
                    "places": move.places,
                }
                for move in moves
            ]
        )
        return
    rows = [
        (
            move.key,
            f"{score_text(move.old)} → {score_text(move.new)}",
            "—" if move.change is None else f"{move.change:+.1f}",
            f"{rank_text(move.old_rank)} → {rank_text(move.new_rank)}",
            "—" if move.places is None else f"{move.places:+d}",
        )
        for move in moves
    ]
    out().print(table(("坐席", "得分", "变化", "名次", "升降"), rows, title=f"{month} 试算(没有保存)"))


def close(settings: Settings, month: str, *, by: str) -> None:
    """Keeps the month."""
    with writing(settings) as opened:
        kept = close_month(opened, parse_month(month), by=by, today=today_of(settings))
        people = len(kept.cards)
    note(f"{month} 已结算:{people} 人,{kept.schedule} 第 {kept.version} 版({kept.period})")


def show_drift(settings: Settings, month: str, *, as_json: bool) -> None:
    """What would come out otherwise today."""
    with writing(settings) as opened:
        found = month_drift(opened, parse_month(month), today=today_of(settings))
    if as_json:
        print_json(
            [{"key": one.key, "metric": one.metric, "kept": one.kept, "now": one.now} for one in found]
        )
        return
    if not found:
        note(f"{month}:与现有数据一致")
        return
    rows = [
        (
            one.key,
            BY_ID[one.metric].name_zh if one.metric else "得分",
            "—" if one.kept is None else f"{one.kept:.4g}",
            "—" if one.now is None else f"{one.now:.4g}",
        )
        for one in found
    ]
    out().print(table(("坐席", "指标", "结算值", "现值"), rows, title=f"{month} 结算后的差异(成绩不变)"))
