"""Documentation that cannot rot: what the product has is written down, and what is written down exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from api.cli.app import app
from models.settings import Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = (*READMES, *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    row = f"| `CALLQA_{name.upper()}` | `{'(empty)' if default is None else default}` |"
    assert row in (ROOT / "docs/settings.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def _commands(group: TyperGroup, before: str) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_every_command_is_documented() -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    page = (ROOT / "docs/cli.md").read_text("utf-8")
    assert [command for command in _commands(group, "callqa") if f"`{command}" not in page] == []


def test_every_route_is_documented() -> None:
    described = json.loads((ROOT / "tests/api/openapi.json").read_text("utf-8"))
    page = (ROOT / "docs/api.md").read_text("utf-8")
    routes = [
        f"`{method.upper()} {path}`" for path, methods in described["paths"].items() for method in methods
    ]
    assert [route for route in routes if route not in page] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_of_the_readme_exists(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / readme).read_text("utf-8")))
    assert {"demo", "test"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
