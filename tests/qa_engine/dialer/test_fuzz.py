"""Whatever stands in a row, it ends as a record or a reason, and nothing else is raised."""

from __future__ import annotations

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_engine.dialer import asterisk, freeswitch, vicidial
from qa_engine.dialer.columns import BadMapping
from qa_engine.dialer.mapped import table_kind
from qa_engine.dialer.mapping import AS_NAMED, FIELDS, parse_mapping
from qa_engine.dialer.reader import Context, TableKind, read_records
from qa_engine.dialer.records import Refusal

CONTEXT = Context(ZoneInfo("Asia/Shanghai"), b"k" * 32)
KINDS = (*vicidial.TABLES, *asterisk.TABLES, freeswitch.CSV)
likely = st.sampled_from(
    [
        "",
        "1",
        "0",
        "-1",
        "²",
        "１",
        "Y",
        "2026-11-02 09:00:00",
        "1793581200",
        "9" * 30,
        "ANSWERED",
        "NORMAL_CLEARING",
        "13900000011",
        "1:05",
        "NaN",
        "1e5",
        "SIP/1001-0001",
    ]
)
cells = likely | st.text(max_size=12)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data())
def test_rows_of_dialers(kind: TableKind, data: st.DataObject) -> None:
    row = data.draw(st.lists(cells, min_size=len(kind.columns), max_size=len(kind.columns)))
    (outcome,) = read_records(kind, [list(kind.columns), row], CONTEXT, file="x")
    assert isinstance(outcome, Refusal) or outcome.key


@given(st.lists(cells, min_size=len(FIELDS), max_size=len(FIELDS)))
def test_rows_of_generic_tables(row: list[str]) -> None:
    rows = [list(FIELDS), row]
    kind = table_kind(lambda: rows, AS_NAMED, name="x", file="x")
    (outcome,) = read_records(kind, rows, CONTEXT, file="x")
    assert isinstance(outcome, Refusal) or outcome.key


@given(
    st.text() | st.recursive(cells, lambda inner: st.lists(inner) | st.dictionaries(cells, inner)).map(str)
)
def test_json_documents(text: str) -> None:
    documents = freeswitch.json_documents(text)
    assert len(list(freeswitch.json_records(documents, CONTEXT))) == len(documents)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_mapping_files(text: str) -> None:
    with suppress(BadMapping):
        parse_mapping(text.encode(), file="mapping.yaml")
