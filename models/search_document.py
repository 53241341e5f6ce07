"""The index of what was said: one row a call, written in the transaction that writes its transcript, gone with its call.

SQLite looks the terms up in an FTS5 table that triggers keep equal to this one, PostgreSQL in a GIN index of an array; what the
terms are, and whether a candidate really has the words, is the same on both (`qa_engine.search`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import zstandard
from sqlalchemy import Dialect, Engine, Integer, LargeBinary, Text, delete, exists, func, true
from sqlalchemy import select as select_columns
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, Session, SQLModel, col

from models.access.narrow import whole_group
from models.columns import BigId
from models.database import reading
from models.database import session as writing
from qa_engine.calls import Role, Turn
from qa_engine.search.document import document

RULES = 1
"""Raised when what is indexed changes (masking, normal form, terms): older rows are made again by a rebuild."""
FTS = "search_term"
GIN = "search_term_gin"
_LEVEL = 9
_MAX_BYTES = 64_000_000
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
_PAIRS = tuple(one + other for one in _DIGITS for other in _DIGITS)
CHUNK = 200


def token(term: int) -> str:
    """A term as SQLite indexes it: five letters."""
    return f"{_DIGITS[term >> 20]}{_PAIRS[term >> 10 & 1023]}{_PAIRS[term & 1023]}"


class Terms(TypeDecorator[Sequence[int]]):
    """The terms of a call: an array in PostgreSQL, words of five letters in SQLite. Written, never read back."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = ARRAY(Integer) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return " ".join(map(token, value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return value


class SearchDocumentRow(SQLModel, table=True):
    """A call as it is searched. `scan` is looked through, `turns` (side, seconds, masked text) shown; both compressed."""

    __tablename__ = "search_document"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    call_id: str = Field(foreign_key="call.id", ondelete="CASCADE", unique=True, max_length=32)
    transcript_sha256: str = Field(max_length=64)
    rules: int = Field(default=RULES, index=True)
    terms: list[int] = Field(sa_type=Terms)
    scan: bytes = Field(sa_type=LargeBinary)
    turns: bytes = Field(sa_type=LargeBinary)


def packed(text: str) -> bytes:
    """A text as it is stored."""
    return zstandard.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpacked(blob: bytes) -> str:
    """What `packed` took."""
    plain = zstandard.ZstdDecompressor().decompress(blob, max_output_size=_MAX_BYTES)
    return plain.decode("utf-8", "surrogatepass")


def index_transcript(opened: Session, call_id: str, sha256: str, turns: Sequence[dict[str, Any]]) -> None:
    """Makes a call findable by these turns (as a transcript stores them), and no longer by those before."""
    spoken = [
        Turn(Role(turn["role"]), turn["start_s"], turn["end_s"], turn["text"], spelled=turn.get("spelled"))
        for turn in turns
    ]
    made = document(spoken)
    shown = [
        [turn.role.value, turn.start_s, turn.end_s, text]
        for turn, text in zip(spoken, made.shown, strict=True)
    ]
    opened.execute(delete(SearchDocumentRow).where(col(SearchDocumentRow.call_id) == call_id))
    opened.add(
        SearchDocumentRow(
            call_id=call_id,
            transcript_sha256=sha256,
            terms=sorted(made.terms),
            scan=packed(made.scan),
            turns=packed(json.dumps(shown, ensure_ascii=False, separators=(",", ":"))),
        )
    )
    opened.flush()


def shown_turns(blob: bytes) -> list[tuple[Role, float, float, str]]:
    """The turns of a call as people may read them."""
    return [(Role(role), start_s, end_s, text) for role, start_s, end_s, text in json.loads(unpacked(blob))]


def _stale() -> Any:
    """Transcripts that are not found by what they say now."""
    from models.transcript import TranscriptRow  # noqa: PLC0415 (it keeps the index, and so imports this)

    kept = exists().where(
        col(SearchDocumentRow.call_id) == col(TranscriptRow.call_id),
        col(SearchDocumentRow.transcript_sha256) == col(TranscriptRow.sha256),
        col(SearchDocumentRow.rules) == RULES,
    )
    return TranscriptRow, ~kept


def unindexed(opened: Session) -> int:
    """How many calls with a transcript a search does not see, whoever asks: those from before there was an index, or of
    older rules. Counted on small indexes alone, since every page of results asks."""
    from models.transcript import TranscriptRow  # noqa: PLC0415 (as above)

    kept = (
        select_columns(func.count())
        .select_from(SearchDocumentRow)
        .where(col(SearchDocumentRow.rules) == RULES)
    )
    with whole_group():
        heard = int(opened.execute(select_columns(func.count()).select_from(TranscriptRow)).scalar_one())
        return max(0, heard - int(opened.execute(kept).scalar_one()))


def rebuild(
    engine: Engine, *, every: bool = False, on_progress: Callable[[int, int], None] = lambda _done, _of: None
) -> int:
    """Indexes what is missing or outdated, with `every` all calls anew; a transaction for each few, so that others work on
    and an interruption loses nothing. Returns how many were done."""
    row, stale = _stale()
    wanted = true() if every else stale
    with reading(engine) as opened:
        total = int(opened.execute(select_columns(func.count()).select_from(row).where(wanted)).scalar_one())
    done, after = 0, ""
    while True:
        with writing(engine) as opened:
            some = opened.execute(
                select_columns(col(row.call_id), col(row.sha256), col(row.turns))
                .where(wanted, col(row.call_id) > after)
                .order_by(col(row.call_id))
                .limit(CHUNK)
            ).all()
            for call_id, sha256, turns in some:
                index_transcript(opened, call_id, sha256, turns)
        if not some:
            return done
        done, after = done + len(some), some[-1][0]
        on_progress(done, total)


def is_described(name: str | None, kind: str) -> bool:
    """Whether a table or index of the database is one that the tables here describe: not what finds the terms, which
    each database does in its own way."""
    return not (kind in {"table", "index"} and name is not None and name.startswith(FTS))


def sqlite_statements() -> Iterable[str]:
    """What keeps the terms of SQLite equal to the rows; for the migration."""
    yield (
        f"CREATE VIRTUAL TABLE {FTS} USING fts5(terms, content='search_document', content_rowid='id', "
        "detail=none, columnsize=0, tokenize='ascii')"
    )
    new = f"INSERT INTO {FTS}(rowid, terms) VALUES (new.id, new.terms);"  # noqa: S608 (our own names)
    old = f"INSERT INTO {FTS}({FTS}, rowid, terms) VALUES ('delete', old.id, old.terms);"  # noqa: S608
    yield f"CREATE TRIGGER {FTS}_new AFTER INSERT ON search_document BEGIN {new} END"
    yield f"CREATE TRIGGER {FTS}_gone AFTER DELETE ON search_document BEGIN {old} END"
    yield f"CREATE TRIGGER {FTS}_changed AFTER UPDATE OF id, terms ON search_document BEGIN {old} {new} END"
