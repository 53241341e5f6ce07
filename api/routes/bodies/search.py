"""Search results as the API shows them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from api.routes.bodies.calls import CallLine
from api.search_lines import CallHits, HitLine


class PieceBody(BaseModel):
    """A run of text; `found` is empty outside the words, else `exact` or `sound`."""

    text: str = Field(examples=["保证收益"])
    found: Literal["", "exact", "sound"] = Field(examples=["exact"])


class HitBody(BaseModel):
    """A turn with hits. `text` is masked as everywhere; `play_s` is 2 s before the words."""

    turn: int = Field(description="从 0 开始 · 0-based", examples=[7])
    side: Literal["agent", "customer"] = Field(examples=["agent"])
    start_s: float = Field(examples=[31.4])
    end_s: float = Field(examples=[32.2])
    play_s: float = Field(examples=[29.4])
    text: str = Field(examples=["这款是保证收益的"])
    pieces: list[PieceBody]


class FoundBody(BaseModel):
    """A call that was found. `turns` counts those with hits, `hits` the words in them."""

    call: CallLine
    sounds: bool = Field(description="有词只是同音 · Some word only by its sound", examples=[False])
    turns: int = Field(examples=[2])
    hits: int = Field(examples=[3])
    lines: list[HitBody]


class SearchBody(BaseModel):
    """A page of results. `exact` of `total` have every word as spelled; `has_more`: there were more candidates than are
    checked, and the numbers are lower bounds."""

    total: int = Field(examples=[12])
    exact: int = Field(examples=[9])
    has_more: bool = Field(examples=[False])
    unindexed: int = Field(description="尚未编入索引的通话 · Calls not indexed yet", examples=[0])
    page: int = Field(examples=[1])
    size: int = Field(examples=[20])
    calls: list[FoundBody]


def hit_body(line: HitLine) -> HitBody:
    """A turn with hits."""
    return HitBody(
        turn=line.turn,
        side=line.role.value,
        start_s=round(line.start_s, 3),
        end_s=round(line.end_s, 3),
        play_s=round(line.play_s, 3),
        text=line.text,
        pieces=[PieceBody(text=piece.text, found=piece.found) for piece in line.pieces],
    )


def found_body(call: CallLine, hits: CallHits) -> FoundBody:
    """A call with its hits."""
    lines = [hit_body(line) for line in hits.lines]
    return FoundBody(call=call, sounds=hits.sounds, turns=hits.turns, hits=hits.hits, lines=lines)
