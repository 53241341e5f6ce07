"""Conditions that load and mean nothing: they can never hold, or always do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_engine.rubric.load import canonical
from qa_engine.rubric.yaml_nodes import Path, Plain, walk

PAIRS = (("min", "max"), ("min_s", "max_s"), ("min_chars_per_min", "max_chars_per_min"), ("from_s", "to_s"))
WANTED, UNWANTED = ("any_of", "all_of"), "none_of"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A place inside a condition and what is wrong there. `code` is stable."""

    code: str
    path: Path
    message: str
    hint: str = ""


def contradictions(condition: Plain, phrases: Mapping[str, tuple[str, ...]]) -> Iterator[Contradiction]:
    """Parts of a condition that cannot be meant. `phrases` are the resolved lists."""
    for path, value in walk(condition):
        if not isinstance(value, dict):
            continue
        yield from _empty_ranges(path, value)
        if isinstance(value.get("says"), dict):
            yield from _says(path, value["says"], phrases)  # type: ignore[arg-type]
        yield from _all_against_none(path, value)
        yield from _windows(path, value)


def _empty_ranges(path: Path, spec: Mapping[str, Plain]) -> Iterator[Contradiction]:
    """Least above most. Where the reader refuses that itself, the form never gets here."""
    for least, most in PAIRS:
        low, high = spec.get(least), spec.get(most)
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            message = f"{least} {low:g} 大于 {most} {high:g},永远不成立"
            yield Contradiction("contradictory_window", (*path, least), message, f"对调 {least} 和 {most}")


def _says(
    path: Path, says: Mapping[str, Plain], phrases: Mapping[str, tuple[str, ...]]
) -> Iterator[Contradiction]:
    banned = _words(says.get(UNWANTED), phrases)
    for key in WANTED:
        wanted = _words(says.get(key), phrases)
        both = [word for word in wanted if word in banned]
        if both and (key == "all_of" or len(both) == len(wanted)):
            message = f"“{both[0]}”既要说又不许说,永远不成立"
            yield Contradiction(
                "unreachable", (*path, "says", UNWANTED), message, f"从 {key} 或 {UNWANTED} 里去掉"
            )
    some = says.get("at_least")
    if isinstance(some, dict) and isinstance(some.get("n"), int) and isinstance(some.get("of"), list):
        n, of = some["n"], some["of"]
        assert isinstance(n, int)
        assert isinstance(of, list)
        if n > len(of):
            message = f"of 里只有 {len(of)} 个说法,n 不能是 {n}"
            yield Contradiction(
                "unreachable", (*path, "says", "at_least", "n"), message, "一个 $词表 只算一个"
            )
    excused = _words(says.get("except"), phrases)
    hits = _words(says.get("any_of"), phrases)
    if hits and excused and all(any(excuse in word for excuse in excused) for word in hits):
        message = "每个说法都被 except 豁免,永远不成立"
        yield Contradiction(
            "unreachable", (*path, "says", "except"), message, "except 里写别的话,不写要找的话本身"
        )


def _words(refs: Plain, phrases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    listed = refs if isinstance(refs, list) else [refs]
    texts = [text for text in listed if isinstance(text, str)]
    return tuple(
        word for text in texts for word in (phrases.get(text[1:], ()) if text[:1] == "$" else (text,))
    )


def _all_against_none(path: Path, value: Mapping[str, Plain]) -> Iterator[Contradiction]:
    """A condition and its opposite side by side: never under `all`, always under `any`."""
    for key, outcome in (("all", "永远不成立"), ("any", "永远成立")):
        parts = value.get(key)
        if not isinstance(parts, list):
            continue
        plain = {canonical(part) for part in parts}
        for index, part in enumerate(parts):
            opposite = part.get("not") if isinstance(part, dict) else None
            if opposite is not None and canonical(opposite) in plain:
                message = f"与同一个 {key} 里的另一条正好相反,{outcome}"
                yield Contradiction("unreachable", (*path, key, index), message, "去掉其中一条")


def _windows(path: Path, value: Mapping[str, Plain]) -> Iterator[Contradiction]:
    """Limits of one window that leave nothing of it."""
    within = value.get("within")
    if not isinstance(within, dict):
        return
    first = within.get("first_s")
    if first == 0 or within.get("last_s") == 0:
        key = "first_s" if first == 0 else "last_s"
        yield Contradiction(
            "contradictory_window", (*path, "within", key), f"{key}: 0 里没有一句话", "写大于 0 的秒数"
        )
    stage = within.get("stage")
    stages = {stage} if isinstance(stage, str) else set(map(str, stage)) if isinstance(stage, list) else set()
    if isinstance(first, int | float) and stages and stages <= {"closing", "farewell"}:
        message = f"开头 {first:g} 秒里通常没有收尾阶段"
        yield Contradiction(
            "contradictory_window", (*path, "within", "first_s"), message, "只写 stage,或改成 last_s"
        )
    if isinstance(within.get("last_s"), int | float) and stages == {"opening"}:
        yield Contradiction(
            "contradictory_window",
            (*path, "within", "last_s"),
            "结尾通常没有开场阶段",
            "只写 stage,或改成 first_s",
        )
