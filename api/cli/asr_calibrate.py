"""`callqa asr calibrate`: learns what a model's confidence means from labelled recordings, and keeps it beside the model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from api.cli.console import failure_table, note, notes, out, print_json, progress_bar, table
from api.cli.inputs import Failures, unreadable
from api.errors import as_callqa_error
from models.ingest import limits
from models.recognizer import open_recognizer
from models.settings import Settings
from qa_engine.errors import BadInput, CallQAError, Where
from qa_engine.speech.calibrate import Channel, Uncalibrated, compared, learned
from qa_engine.speech.calibration import CALIBRATION, Calibration
from qa_engine.speech.calibration_fit import Bin, calibration_error, reliability
from qa_engine.speech.engines.catalog import model_folder, resolve_model
from qa_engine.speech.labelled import find_labelled, heard_sides

FORMAT = "callqa.calibration/1"
MIN_CHARACTERS = 1_000
"""Below this a curve of steps of a hundred characters says more of the calls than of the model."""


def calibrate(settings: Settings, model: str, folder: Path, *, dry_run: bool, as_json: bool) -> int:
    """Learns from every second recording, measures on the others, and keeps what was learned; 1 where some could not be
    used. Raises `BadInput` where there is too little to learn from."""
    target = model_folder(resolve_model(model), hub_timeout_s=settings.hub_timeout_s) / CALIBRATION
    recognizer = Uncalibrated(open_recognizer(settings, model))
    found, _ = find_labelled(folder)
    failures: Failures = []
    halves: tuple[list[Channel], list[Channel]] = ([], [])
    with progress_bar() as progress:
        task = progress.add_task("识别", total=len(found))
        for index, one in enumerate(found):
            try:
                sides = heard_sides(one, recognizer, limits=limits(settings))
                halves[index % 2].extend(compared(side.name, side.said, side.heard) for side in sides)
            except (CallQAError, OSError) as error:
                failures.append((str(one.audio), as_callqa_error(error) or unreadable(error, one.audio)))
            progress.advance(task)
    if failures:
        notes().print(failure_table(failures))
    calibration = _learned(halves[0], folder)
    stated = [
        (calibration.chance(one.own, one.around), one.right) for side in halves[1] for one in side.heard
    ]
    raw = [(c, one.right) for side in halves[1] for c, one in zip(side.raw, side.heard, strict=True)]
    _report(calibration, reliability(raw), reliability(stated), as_json=as_json)
    if dry_run:
        note("试运行:没有保存", style="dim")
    else:
        target.write_text(calibration.model_dump_json(indent=1) + "\n", encoding="utf-8")
        note(f"已保存 {target};此后的转写使用它", style="green")
    return 1 if failures else 0


def _learned(half: Sequence[Channel], folder: Path) -> Calibration:
    characters = sum(len(side.heard) for side in half)
    if characters < MIN_CHARACTERS:
        raise BadInput(
            f"用来学习的一半录音里只识别出 {characters} 个带置信度的字,至少需要 {MIN_CHARACTERS} 个",
            hint="请再加一些带标注的录音;不给置信度的引擎不能校准",
            where=Where(str(folder)),
        )
    try:
        return learned(half)
    except ValueError as error:
        raise BadInput(
            "识别出的字全对或全错,学不到什么", hint="请用更接近真实通话的录音", where=Where(str(folder))
        ) from error


def _report(calibration: Calibration, raw: Sequence[Bin], stated: Sequence[Bin], *, as_json: bool) -> None:
    n = sum(cell.n for cell in stated)
    before, after = calibration_error(raw), calibration_error(stated)
    if as_json:
        document = {
            "format": FORMAT,
            "learned_from": calibration.n,
            "measured_on": n,
            "error_before": round(before, 4) if n else None,
            "error_after": round(after, 4) if n else None,
            "reliability": [
                {"stated": round(c.stated, 4), "right": round(c.right, 4), "n": c.n} for c in stated
            ],
        }
        print_json(document)
        return
    out().print(
        table(
            ("声称的把握", "实际正确", "n 字"),
            [(f"{cell.stated:.0%}", f"{cell.right:.0%}", str(cell.n)) for cell in stated],
            title=f"学自 {calibration.n} 字,在另外 {n} 字上检验",
        )
    )
    if n:
        note(f"校准误差(ECE):{before:.3f} → {after:.3f}")
