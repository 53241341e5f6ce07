"""The command `callqa search` and its options; the work is in `api.cli.search`."""
# ruff: noqa: PLC0415 (commands load what they need when they run, so that --help answers at once)

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from api.cli.running import end_with, run_settings


def search(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUERY]",
            help='词、"一字不差"、-不要的词、坐席: / 客户: · Words, "exact", -without, agent:',
        ),
    ] = None,
    *,
    agent: Annotated[str | None, typer.Option(help="坐席编号 · Agent id")] = None,
    campaign: Annotated[str | None, typer.Option(help="活动 · Campaign")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="从这一天起 · From this day")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="到这一天止(含)· To this day, included")
    ] = None,
    sound: Annotated[bool, typer.Option(help="也找同音的字 · Homophones too")] = True,
    limit: Annotated[int, typer.Option(min=1, max=2000, help="最多几通 · Calls at most")] = 20,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="把还没编入或已过时的通话编入索引 · Index what is missing")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="与 --rebuild:全部重编 · With --rebuild: all")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="一份 JSON 到标准输出 · JSON on stdout")] = False,
) -> None:
    """在所有文字稿里搜索 · Search in every transcript."""
    from api.cli.search import find, rebuild_index
    from models.call_filter import CallFilter

    if rebuild:
        end_with(rebuild_index(run_settings(), every=every, as_json=as_json))
        return
    wanted = CallFilter(
        agent_id=agent,
        campaign=campaign,
        first_day=since.date() if since else None,
        last_day=until.date() if until else None,
    )
    end_with(find(run_settings(), query or "", wanted, by_sound=sound, limit=limit, as_json=as_json))
