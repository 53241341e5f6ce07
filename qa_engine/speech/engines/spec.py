"""An engine with its options in one line: `small`, `/models/belle,beam=2,window=15`, `demo,hotwords=off`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from qa_engine.errors import BadInput

Option: TypeAlias = int | float | str | bool
_SWITCH: Final = {"on": True, "off": False}


def _within(low: float, high: float, kind: Callable[[str], float]) -> Callable[[str], Option]:
    def read(text: str) -> Option:
        number = kind(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return read


OPTIONS: Final[Mapping[str, tuple[str, str, Callable[[str], Option]]]] = {
    "beam": ("beam_size", "1–10", _within(1, 10, int)),
    "window": ("window_s", "3–28 秒", _within(3, 28, float)),
    "fill": ("fill_s", "3–28 秒", _within(3, 28, float)),
    "compute": ("compute_type", "int8、float16 …", str),
    "hotwords": ("hotwords", "on 或 off", _SWITCH.__getitem__),
}
"""By the name in the line: the engine's own name for it, what it may be, and how it is read."""


@dataclass(frozen=True, slots=True)
class EngineSpec:
    """`model` as `CALLQA_WHISPER_MODEL` takes it; `options` under the engine's names; `hotwords` whether it is told any."""

    text: str
    model: str
    options: Mapping[str, Option] = field(default_factory=dict)
    hotwords: bool = True


def parse_spec(text: str) -> EngineSpec:
    """Raises BadInput naming the option, what was found and what is possible."""
    model, *pairs = (part.strip() for part in text.split(","))
    options: dict[str, Option] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or key not in OPTIONS:
            shown = "、".join(f"{name}=({range_})" for name, (_, range_, _) in OPTIONS.items())
            raise BadInput(f"{text}:不认识的选项 {pair!r}", hint=f"可用:{shown}")
        name, range_, read = OPTIONS[key]
        try:
            options[name] = read(value)
        except (ValueError, KeyError) as error:
            raise BadInput(f"{text}:{key} 为 {value!r}", hint=f"{key} 应为 {range_}") from error
    if not model:
        raise BadInput(f"{text!r} 没有说是哪个模型", hint="例如 demo、small 或模型文件夹")
    hotwords = options.pop("hotwords", True) is True
    return EngineSpec(text, model, options, hotwords)
