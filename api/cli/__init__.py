"""The command line `callqa`."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from api.cli.app import app
from api.cli.console import show_error
from qa_engine.errors import CallQAError

__all__ = ["app", "main", "run"]
INTERRUPTED = 130


def run(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code: 0 done, 1 something failed, 2 wrong use, 130 Ctrl-C.

    Errors are one clear block on stderr; `--debug` (anywhere) or CALLQA_LOG_LEVEL=DEBUG adds the traceback."""
    before, double_dash, after = _split(arguments)
    debug = "--debug" in before or os.environ.get("CALLQA_LOG_LEVEL", "").upper() == "DEBUG"
    known = [argument for argument in before if argument != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a terminal that lacks a character shows a sign, not an error
            reconfigure(errors="backslashreplace")
    try:
        app([*known, *double_dash, *after], prog_name="callqa")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the last stop before a person: no traceback)
        if debug:
            traceback.print_exc()
        show_error(_expected(error))
        return 1
    return 0


def main() -> None:
    """Entry point."""
    sys.exit(run(sys.argv[1:]))


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    given = list(arguments)
    if "--" not in given:
        return given, [], []
    place = given.index("--")
    return given[:place], ["--"], given[place + 1 :]


def _expected(error: Exception) -> CallQAError:
    from api.errors import InternalError, as_callqa_error  # noqa: PLC0415 (slow to load, for errors only)

    return as_callqa_error(error) or InternalError(
        f"程序内部出错({type(error).__name__})", hint="请加 --debug 重新运行,并把输出发给维护者"
    )
