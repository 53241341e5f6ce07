"""Reviewers' verdicts from a table, where they were given outside the product: `call_id,item,verdict`. Those given in it are
read by `models.review.reviewed_verdicts` in the same form."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from models.manifest import BadManifest
from qa_engine.dialer.tables import decode_table
from qa_engine.errors import NotFound, Where
from qa_engine.scoring.evaluation import Verdict

COLUMNS = ("call_id", "item", "verdict")
MAX_BYTES = 64_000_000


def read_reviews(path: Path) -> Mapping[tuple[str, str], Verdict]:
    """(call, item) → verdict; a later row of the same call and item replaces an earlier one. Calls are named by our id or
    the dialer's. Raises `NotFound`, `BadManifest` naming the row."""
    if not path.is_file():
        raise NotFound("没有这个文件", hint="请检查路径", where=Where(str(path)))
    if path.stat().st_size > MAX_BYTES:
        raise BadManifest(f"复核表超过 {MAX_BYTES // 1_000_000} MB", hint="请拆分", where=Where(path.name))
    text, _ = decode_table(path.read_bytes(), file=path.name)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise BadManifest(
            f"复核表缺少列:{'、'.join(missing)}",
            hint=f"第一行写:{','.join(COLUMNS)}",
            where=Where(path.name, 1),
        )
    found: dict[tuple[str, str], Verdict] = {}
    for number, row in enumerate(reader, start=1):
        call_id, item, verdict = ((row[name] or "").strip() for name in COLUMNS)
        if verdict not in set(Verdict):
            raise BadManifest(
                f"verdict 是 {verdict[:40] or '空'},应为 {'、'.join(Verdict)} 之一",
                where=Where(path.name, row=number),
            )
        found[call_id, item] = Verdict(verdict)
    return found
