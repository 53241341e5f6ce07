"""How fast a search answers over many calls, and how large the index is: `python -m tests.bench.search URL [CALLS]`.

The database must be migrated and empty. Calls are put together from the turns of the sample calls, with amounts that vary,
and indexed as the product does it but for one short cut: what a turn contributes is worked out once."""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlmodel import Session

from models.call import CallRow
from models.call_filter import CallFilter
from models.call_measure import CallMeasureRow, Mood
from models.columns import utc_now
from models.database import is_postgresql, open_database, reading
from models.dial_store import core_table
from models.search import SearchSort, search_calls
from models.search_document import FTS, GIN, RULES, SearchDocumentRow, packed
from qa_engine.calls import Role
from qa_engine.search.document import MARKS, OTHER_FORM, TURN
from qa_engine.search.query import parse_query
from qa_engine.search.terms import text_terms
from qa_engine.search.text import forms

SAMPLES = Path(__file__).parents[2] / "fixtures" / "calls"
TURNS = 50
CHUNK = 1000
REPEATS = 5
QUERIES = (
    "保证收益",
    "保险",
    "续宝",
    "保险 客户:考虑",
    '"再考虑一下"',
    "收益 -保证",
    "坐席:保证 客户:不需要",
    "贵",
    "87300元",
    "量子",
)


def _turns() -> list[tuple[Role, str]]:
    found: dict[tuple[Role, str], None] = {}
    for path in sorted(SAMPLES.glob("*/transcript.json")):
        for turn in json.loads(path.read_text("utf-8"))["turns"]:
            found[Role(turn["role"]), turn["text"]] = None
    return list(found)


def _calls(count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    chance = random.Random(7)
    known = [
        (role, said, [form.chars for form in forms(said)], text_terms(role, [f.chars for f in forms(said)]))
        for role, said in _turns()
    ]
    for number in range(count):
        some = chance.choices(known, k=TURNS)
        amount = f"一共{chance.randrange(1000, 99999)}元"
        some.append((Role.AGENT, amount, [f.chars for f in forms(amount)], text_terms(Role.AGENT, [amount])))
        scan = TURN.join(MARKS[role] + OTHER_FORM.join(chars) for role, _, chars, _ in some)
        shown = [[role.value, 3.0 * at, 3.0 * at + 2.5, said] for at, (role, said, *_) in enumerate(some)]
        day = date(2026, 1, 1) + timedelta(days=number % 300)
        call_id = f"b{number:011d}"
        yield (
            {
                "id": call_id, "source": "bench", "sha256": f"{number:064x}", "external_id": call_id, "extra": {}, "day": day,
                "state": "done", "campaign": f"c{number % 8}", "duration_s": 150.0, "created_at": utc_now(), "engine_demo": False,
            },
            {
                "call_id": call_id, "transcript_sha256": "0" * 64, "rules": RULES, "scan": packed(scan),
                "terms": sorted(set().union(*(terms for *_, terms in some))),
                "turns": packed(json.dumps(shown, ensure_ascii=False, separators=(",", ":"))),
            },
            {"call_id": call_id, "mood_end": chance.uniform(-1, 1)},
        )  # fmt: skip


def _fill(engine: Engine, count: int) -> None:
    made = _calls(count)
    while some := list(itertools.islice(made, CHUNK)):
        with engine.begin() as connection:
            for table, rows in zip(
                (CallRow, SearchDocumentRow, CallMeasureRow), zip(*some, strict=True), strict=True
            ):
                connection.execute(insert(core_table(table)), list(rows))


def _sizes(opened: Session) -> dict[str, int]:
    if is_postgresql(opened):
        return {
            "rows": _one(opened, "SELECT pg_table_size('search_document')"),
            "terms index": _one(opened, f"SELECT pg_relation_size('{GIN}')"),
        }
    blobs = _one(opened, "SELECT sum(length(terms) + length(scan) + length(turns)) FROM search_document")
    return {"rows": blobs, "terms index": _one(opened, f"SELECT sum(length(block)) FROM {FTS}_data")}


def _one(opened: Session, statement: str) -> int:
    return int(opened.execute(text(statement)).scalar_one() or 0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(url: str, count: int) -> None:
    """Fills and measures."""
    engine = open_database(url)
    with reading(engine) as opened:
        there = _one(opened, "SELECT count(*) FROM search_document")
    if not there:
        start_s = time.perf_counter()
        _fill(engine, count)
        _say(f"filled {count} calls in {time.perf_counter() - start_s:.0f} s")
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
    with reading(engine) as opened:
        for name, size in _sizes(opened).items():
            _say(f"{name}: {size / count:.0f} bytes a call")
        for asked in QUERIES:
            for label, wanted, sort in (
                ("", CallFilter(), SearchSort.RELEVANCE),
                (" + filters", CallFilter(campaign="c3", mood=Mood.ENDED_BAD), SearchSort.NEWEST),
            ):
                times: list[float] = []
                for _ in range(REPEATS):
                    start_s = time.perf_counter()
                    found = search_calls(opened, parse_query(asked), wanted, sort=sort)
                    times.append(1000 * (time.perf_counter() - start_s))
                more = "+" if found.has_more or found.sounds_more else ""
                _say(
                    f"{asked}{label}: {len(found.calls)}{more} calls ({found.exact} exact), "
                    f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms, n={REPEATS}"
                )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
