"""Documentation that cannot rot: what the product has is written down, and what is written down exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.settings import Settings

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default
    row = f"| `CALLQA_{name.upper()}` | `{'(empty)' if default is None else default}` |"
    assert row in (ROOT / "docs/settings.md").read_text("utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_every_link_of_the_readme_leads_to_a_file(readme: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / readme).read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_of_the_readme_exists(readme: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / readme).read_text("utf-8")))
    assert {"demo", "test"} <= targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
