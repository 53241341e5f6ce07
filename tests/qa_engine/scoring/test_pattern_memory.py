"""A compiled pattern may hold no more than it needs: hundreds of them live as long as the process."""

from __future__ import annotations

import subprocess
import sys

import pytest
import re2

from qa_engine.scoring.pattern_set import LEAST_BYTES, compiled


def test_a_pattern_gets_the_least_memory_that_holds_it() -> None:
    assert compiled("不(要|用)[^,。]{0,8}打").options.max_mem == LEAST_BYTES
    large = compiled("|".join(f"(?:{first}[^,。!?]{{0,40}}{first})" for first in "一二三四五六七八"))
    assert large.options.max_mem > LEAST_BYTES
    assert large.search("七天以后的八点,八个人说八")


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(re2.error):
        compiled("([^,。]{0,100}[^,。]{0,9}){100}", most_bytes=1 << 20)


def test_scoring_does_not_load_the_recogniser() -> None:
    script = "import sys, api.cli.score; print({'faster_whisper', 'ctranslate2'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
