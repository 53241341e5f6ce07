"""Rubrics as they were when they scored: the very text, kept once by its hash, so that old scores can be replayed after
the files on disk have changed."""

from __future__ import annotations

import json
from datetime import datetime

import zstandard
from sqlalchemy import LargeBinary
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Field, Session, SQLModel, col, select

from models.columns import UtcDateTime, utc_now
from models.database import is_postgresql
from models.evaluation import EvaluationRow
from qa_engine.errors import NotFound
from qa_engine.rubric.load import Rubric, parse_rubric

LEVEL = 12
MAX_BYTES = 64_000_000
RUBRIC, LEXICON = "rubric", "lexicon"


class SnapshotMissing(NotFound):
    """The rubric of an evaluation was not kept (it was made before snapshots were)."""

    code = "snapshot_missing"


class RubricSnapshotRow(SQLModel, table=True):
    """`kind` rubric: the YAML text under `Rubric.sha256`; lexicon: all phrase lists and the objection taxonomy as JSON
    under `Rubric.lexicon_sha256`. `content` is compressed (zstd); a lexicon has no name."""

    __tablename__ = "rubric_snapshot"
    kind: str = Field(primary_key=True, max_length=10)
    sha256: str = Field(primary_key=True, max_length=64)
    name: str = Field(default="", max_length=200, index=True)
    version: int | None = None
    content: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


def keep_snapshot(session: Session, rubric: Rubric) -> None:
    """Stores the rubric and its lexicon unless they are there; two workers may do it at once."""
    if session.get(RubricSnapshotRow, (RUBRIC, rubric.sha256)) is None:
        _keep(session, RUBRIC, rubric.sha256, rubric.source, name=rubric.id, version=rubric.version)
    if session.get(RubricSnapshotRow, (LEXICON, rubric.lexicon_sha256)) is None:
        lexicon = {
            "phrases": {name: list(words) for name, words in rubric.phrases.items()},
            "taxonomy": rubric.taxonomy.decode("utf-8", "surrogateescape"),
        }
        _keep(session, LEXICON, rubric.lexicon_sha256, json.dumps(lexicon))


def _keep(
    session: Session, kind: str, sha256: str, text: str, *, name: str = "", version: int | None = None
) -> None:
    insert = postgresql_insert if is_postgresql(session) else sqlite_insert
    content = zstandard.compress(text.encode("utf-8", "surrogateescape"), LEVEL)
    session.execute(
        insert(RubricSnapshotRow)
        .values(kind=kind, sha256=sha256, name=name, version=version, content=content, created_at=utc_now())
        .on_conflict_do_nothing(index_elements=["kind", "sha256"])
    )


def kept_rubric(session: Session, rubric_sha256: str, lexicon_sha256: str) -> Rubric:
    """The rubric with these pins. Raises `SnapshotMissing`."""
    source = _text(session, RUBRIC, rubric_sha256)
    lexicon = json.loads(_text(session, LEXICON, lexicon_sha256))
    return parse_rubric(
        source,
        file=f"rubric {rubric_sha256[:12]}",
        shared={name: tuple(words) for name, words in lexicon["phrases"].items()},
        taxonomy=lexicon["taxonomy"].encode("utf-8", "surrogateescape"),
    )


def kept_version(session: Session, name: str, version: int) -> Rubric:
    """The rubric as it last scored under that version. Raises `SnapshotMissing`."""
    row = session.exec(
        select(EvaluationRow)
        .where(EvaluationRow.rubric == name, EvaluationRow.version == version)
        .order_by(col(EvaluationRow.id).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise SnapshotMissing(f"没有保存 {name} 的第 {version} 版", hint="只有给通话评过分的版本才有存档")
    return kept_rubric(session, row.rubric_sha256, row.lexicon_sha256)


def _text(session: Session, kind: str, sha256: str) -> str:
    row = session.get(RubricSnapshotRow, (kind, sha256))
    if row is None:
        what = "质检表" if kind == RUBRIC else "词表"
        raise SnapshotMissing(
            f"没有保存哈希为 {sha256[:12]} 的{what}",
            hint="它早于快照功能,无法按原样重算;可用 callqa rescore 重新评分",
        )
    plain = zstandard.ZstdDecompressor().decompress(row.content, max_output_size=MAX_BYTES)
    return plain.decode("utf-8", "surrogateescape")
