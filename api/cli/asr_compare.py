"""`callqa asr compare`: two engines on the same labelled recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from api.cli.console import failure_table, note, notes, out, print_json, progress_bar, table
from api.cli.inputs import Failures, unreadable
from api.errors import as_callqa_error
from models.hot_words import load_hot_words
from models.ingest import limits
from models.recognizer import open_recognizer
from models.settings import Settings
from qa_engine.errors import CallQAError
from qa_engine.speech.engines.base import Recognizer
from qa_engine.speech.engines.spec import EngineSpec, parse_spec
from qa_engine.speech.error_rate import Changed, Errors, Rate, changed_words, count_errors, difference, pooled
from qa_engine.speech.labelled import Labelled, Side, find_labelled, heard_sides

FORMAT = "callqa.asr-comparison/1"


@dataclass(frozen=True, slots=True)
class Compared:
    """Both engines on the sides that both of them could hear."""

    a: tuple[Errors, ...]
    b: tuple[Errors, ...]
    changed: tuple[Changed, ...]


def open_engine(settings: Settings, spec: EngineSpec) -> Recognizer:
    """The recogniser of a spec. Raises `BadSettings`, `HubUnreachable`."""
    return open_recognizer(settings, spec.model, **spec.options)


def compare(
    settings: Settings, a: str, b: str, folder: Path, *, changes: int, campaign: str | None, as_json: bool
) -> int:
    """Prints both rates, their difference and the words that differ; 1 where a recording could not be used."""
    specs = [parse_spec(text) for text in (a, b)]
    engines = [open_engine(settings, spec) for spec in specs]
    found, bare = find_labelled(folder)
    hot_words = load_hot_words(settings).for_call(campaign) if campaign else ()
    heard: dict[str, list[Side]] = {}
    failures: Failures = []
    with progress_bar() as progress:
        task = progress.add_task("识别", total=2 * len(found))
        for one in found:
            try:
                for spec, engine in zip(specs, engines, strict=True):
                    words = hot_words if spec.hotwords else ()
                    for side in heard_sides(one, engine, limits=limits(settings), hot_words=words):
                        heard.setdefault(side.name, []).append(side)
                    progress.advance(task)
            except (CallQAError, OSError) as error:
                failures.append((str(one.audio), as_callqa_error(error) or unreadable(error, one.audio)))
    pairs = [sides for sides in heard.values() if len(sides) == len(engines)]
    if failures:
        notes().print(failure_table(failures))
    if bare:
        note(f"{len(bare)} 个录音没有标注,未计入", style="yellow")
    if not pairs:
        return 1
    result = _compared(pairs)
    if as_json:
        print_json(_document(result, specs, engines, found=found, bare=bare, changes=changes))
    else:
        _show(result, specs, changes)
    return 1 if failures else 0


def _compared(pairs: Sequence[Sequence[Side]]) -> Compared:
    rates = [
        tuple(count_errors(side.name, side.said, side.text) for side in column)
        for column in zip(*pairs, strict=True)
    ]
    changed = changed_words([(a.said, a.text, b.text) for a, b in pairs])
    return Compared(rates[0], rates[1], changed)


def _show(result: Compared, specs: Sequence[EngineSpec], changes: int) -> None:
    rows = [
        (
            name,
            _percent(rate.rate),
            f"{_percent(rate.low)} – {_percent(rate.high)}",
            str(rate.characters),
            str(rate.units),
        )
        for name, rate in (
            (f"A {specs[0].text}", pooled(result.a)),
            (f"B {specs[1].text}", pooled(result.b)),
            ("B − A", difference(result.a, result.b)),
        )
    ]
    out().print(table(("引擎", "字错率", "95% 区间", "字数", "n 路"), rows))
    if changes and result.changed:
        shown = [(c.said, c.a or "(无)", c.b or "(无)", str(c.count)) for c in result.changed[:changes]]
        out().print(
            table(("原词", "A", "B", "次数"), shown, title=f"写法不同的词,共 {len(result.changed)} 种")
        )


def _percent(rate: float) -> str:
    return f"{rate:.2%}"


def _document(
    result: Compared,
    specs: Sequence[EngineSpec],
    engines: Sequence[Recognizer],
    *,
    found: Sequence[Labelled],
    bare: Sequence[Path],
    changes: int,
) -> dict[str, object]:
    sides = [
        {
            "spec": spec.text,
            "engine": asdict(engine.info),
            "cer": _rounded(pooled(units)),
            "recordings": [asdict(unit) for unit in units],
        }
        for spec, engine, units in zip(specs, engines, (result.a, result.b), strict=True)
    ]
    return {
        "format": FORMAT,
        "a": sides[0],
        "b": sides[1],
        "difference": _rounded(difference(result.a, result.b)),
        "changed": [asdict(change) for change in result.changed[:changes]],
        "labelled": len(found),
        "without_label": [str(path) for path in bare],
    }


def _rounded(rate: Rate) -> dict[str, float | int]:
    return {
        name: round(value, 5) if isinstance(value, float) else value for name, value in asdict(rate).items()
    }
