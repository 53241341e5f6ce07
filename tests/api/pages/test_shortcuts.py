"""One table is the help, the binding and the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.pages.languages import messages
from api.pages.shortcuts import CALL_PAGE, EVERYWHERE, Shortcut

ROOT = Path(__file__).parents[3]
BOUND = re.compile(r"^    (\w+): \(\) => ", re.MULTILINE)


@pytest.mark.parametrize(("table", "script"), [(CALL_PAGE, "workbench.ts"), (EVERYWHERE, "app.ts")])
def test_every_key_is_bound_and_nothing_else_is(table: tuple[Shortcut, ...], script: str) -> None:
    source = (ROOT / "api/web/src" / script).read_text("utf-8")
    bound = source[source.index("bindShortcuts(") :]
    actions = set(re.findall(r"^\s+(\w+)(?:: |,$)", bound[: bound.index("});")], re.MULTILINE))
    assert {shortcut.action for shortcut in table} == actions


@pytest.mark.parametrize("table", [CALL_PAGE, EVERYWHERE])
def test_no_key_does_two_things(table: tuple[Shortcut, ...]) -> None:
    keys = [key for shortcut in table for key in shortcut.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("shortcut", CALL_PAGE, ids=lambda shortcut: shortcut.action)
def test_every_key_is_explained_and_documented(shortcut: Shortcut) -> None:
    assert f"keys.{shortcut.action}" in messages()
    rows = (ROOT / "docs/pages.md").read_text("utf-8")
    assert f"| {' '.join(f'`{label}`' for label in shortcut.label)} |" in rows
