"""`callqa search`: finds calls by what was said, and keeps the index."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from api.cli.console import note, out, print_json, progress_bar
from api.cli.database import store
from api.pages.figures import clock, local_time
from api.routes.bodies.calls import call_line
from api.routes.bodies.search import SearchBody, found_body
from api.search_lines import CallHits, HitLine, call_hits
from models.call_filter import CallFilter
from models.database import reading
from models.queries import CallSummary, summaries
from models.search import search_calls
from models.search_document import rebuild, unindexed
from models.settings import Settings
from qa_engine.calls import Role
from qa_engine.search.query import parse_query

_STYLES = {"": "", "exact": "bold yellow", "sound": "italic cyan"}


def find(
    settings: Settings, text: str, wanted: CallFilter, *, by_sound: bool, limit: int, as_json: bool
) -> int:
    """Prints the calls in which it was said; 1 where there is none. Raises `BadSearch`."""
    query = parse_query(text)
    with store(settings) as engine, reading(engine) as opened:
        found = search_calls(opened, query, wanted, by_sound=by_sound)
        some = found.calls[:limit]
        hits = call_hits(opened, some)
        known = summaries(opened, [one.call_id for one in some])
        missing = unindexed(opened)
    has_more = found.has_more or found.sounds_more
    if as_json:
        body = SearchBody(
            total=len(found.calls),
            exact=found.exact,
            has_more=has_more,
            unindexed=missing,
            page=1,
            size=limit,
            calls=[found_body(call_line(known[one.call_id]), hits[one.call_id]) for one in some],
        )
        print_json(body.model_dump(mode="json"))
        return 0 if found.calls else 1
    if some:
        out().print(_table(settings, [(known[one.call_id], hits[one.call_id]) for one in some]))
    by_sounds = len(found.calls) - found.exact
    more = "至少 " if has_more else ""
    note(f"{more}{found.exact} 通有这些字" + (f",另有 {by_sounds} 通同音" if by_sounds else ""))
    if missing:
        note(f"还有 {missing} 通没有编入索引,搜不到:请运行 callqa search --rebuild", style="bold yellow")
    return 0 if found.calls else 1


def _table(settings: Settings, found: list[tuple[CallSummary, CallHits]]) -> Table:
    table = Table("通话", "坐席", "时刻", "原话")
    for call, hits in found:
        for number, line in enumerate(hits.lines):
            name = call.external_id or call.filename or call.id
            when = local_time(call.started_at or call.created_at, settings.zone)
            table.add_row(
                f"{name}\n{when}" if not number else "",
                (call.agent_name or call.agent_id or "") if not number else "",
                clock(line.start_s),
                _said(line),
            )
    return table


def _said(line: HitLine) -> Text:
    side = "坐席" if line.role is Role.AGENT else "客户"
    return Text.assemble((f"{side}:", "dim"), *((piece.text, _STYLES[piece.found]) for piece in line.pieces))


def rebuild_index(settings: Settings, *, every: bool, as_json: bool) -> int:
    """Indexes what is missing, or all anew, with a bar."""
    with store(settings) as engine, progress_bar() as bar:
        task = bar.add_task("编入索引", total=None)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        done = rebuild(engine, every=every, on_progress=show)
    if as_json:
        print_json({"indexed": done})
    else:
        note(f"已编入 {done} 通")
    return 0
