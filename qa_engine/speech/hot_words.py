"""Hot words: the company, the products and the people that a campaign's calls name, so that the recogniser expects them.

One YAML file beside the rubrics:

    everywhere: {company: [安心保险]}
    campaigns:
      ins-2026: {products: [安心重疾险], agents: [李晓梅]}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from qa_engine.rubric.problems import BadRubric, Problem, did_you_mean
from qa_engine.rubric.yaml_nodes import Document, Path, read_yaml
from qa_engine.speech.cleanup import spoken_chars

FILE_NAME: Final = "hotwords.yaml"
KINDS: Final = ("company", "products", "agents", "other")
SHORTEST, LONGEST = 2, 20
MAX_WORDS: Final = 500
"""In a list. A recogniser takes some dozens; the repair by sound takes all."""
_NONE: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class BadHotWords(BadRubric):
    """A file of hot words that cannot be used; `problems` lists every fault with its line."""

    code = "bad_hot_words"


@dataclass(frozen=True, slots=True)
class HotWordBook:
    """The hot words of all campaigns, by the campaign's name as the dialer gives it."""

    everywhere: tuple[str, ...] = ()
    campaigns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NONE)

    def for_call(self, campaign: str | None, agent_name: str | None = None) -> tuple[str, ...]:
        """The hot words of a call, those of its campaign first; the agent's name is one where there are any."""
        own = self.campaigns.get(campaign or "", ())
        words = tuple(dict.fromkeys((*own, *self.everywhere)))
        name = (agent_name or "").strip()
        is_name = SHORTEST <= len(spoken_chars(name)) <= LONGEST
        return tuple(dict.fromkeys((name, *words))) if words and is_name else words


def parse_hot_words(source: bytes | str, *, file: str) -> HotWordBook:
    """Reads the file. Raises `BadHotWords` with every fault, or `BadRubric` where it is no YAML."""
    document = read_yaml(source, file)
    faults: list[Problem] = []
    data = document.data
    if data is None:
        return HotWordBook()
    if not isinstance(data, dict):
        raise BadHotWords([_fault(document, (), "文件顶层应为 everywhere 和 campaigns", "见 docs/speech.md")])
    for key in data:
        if key not in {"everywhere", "campaigns"}:
            hint = did_you_mean(key, ["everywhere", "campaigns"]) or "顶层只有 everywhere 和 campaigns"
            faults.append(_fault(document, (key,), f"不认识的键 {key}", hint, key=True))
    everywhere = tuple(_lists(document, ("everywhere",), faults)) if "everywhere" in data else ()
    campaigns: dict[str, tuple[str, ...]] = {}
    named = data.get("campaigns")
    if isinstance(named, dict):
        campaigns = {name: tuple(_lists(document, ("campaigns", name), faults)) for name in named}
    elif named is not None:
        faults.append(
            _fault(document, ("campaigns",), "campaigns 应为 活动名: {…}", "例如 ins-2026: {products: […]}")
        )
    if faults:
        raise BadHotWords(faults)
    return HotWordBook(everywhere, campaigns)


def _lists(document: Document, path: Path, faults: list[Problem]) -> Iterator[str]:
    value = document.at(path)
    if not isinstance(value, dict):
        hint = f"写成 {{{', '.join(f'{kind}: […]' for kind in KINDS[:3])}}}"
        faults.append(_fault(document, path, f"{path[-1]} 下应为各类词表", hint))
        return
    for kind, words in value.items():
        place = (*path, kind)
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS) or f"可用:{'、'.join(KINDS)}"
            faults.append(_fault(document, place, f"不认识的类别 {kind}", hint, key=True))
        elif not isinstance(words, list):
            faults.append(_fault(document, place, f"{kind} 应为列表", f"例如 {kind}: [安心保险]"))
        elif len(words) > MAX_WORDS:
            faults.append(
                _fault(document, place, f"{kind} 有 {len(words)} 个词,最多 {MAX_WORDS} 个", "请精简")
            )
        else:
            yield from _words(document, place, words, faults)


def _words(document: Document, place: Path, words: Sequence[object], faults: list[Problem]) -> Iterator[str]:
    for index, word in enumerate(words):
        spoken = spoken_chars(word) if isinstance(word, str) else ""
        if isinstance(word, str) and SHORTEST <= len(spoken) <= LONGEST and word.isprintable():
            yield word.strip()
        else:
            message = f"{str(word)[:40]!r} 不是热词:应为 {SHORTEST}–{LONGEST} 个字的文字"
            faults.append(_fault(document, (*place, index), message, "一个字太容易误改;数字请加引号"))


def _fault(document: Document, path: Path, message: str, hint: str, *, key: bool = False) -> Problem:
    return Problem("bad_hot_words", message, hint, document.where(path, key=key))
