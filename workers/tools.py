"""What a worker process keeps between jobs: connections, the recogniser, compiled rubrics."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from models.database import open_database
from models.llm import questioner
from models.rescore import scoring_version
from models.settings import Settings
from models.storage import Storage
from models.version import code_version
from qa_engine.objections import Taxonomy, load_taxonomy
from qa_engine.rubric import find_rubric, load_rubric
from qa_engine.rubric.load import SHARED_FOLDERS, shipped_folder, taxonomy_path
from qa_engine.scoring import Plan, compile_rubric
from qa_engine.scoring.questioner import Questioner
from qa_engine.speech.engines import load_recognizer
from qa_engine.speech.engines.base import Recognizer
from workers.identity import worker_name

Stamp = tuple[tuple[str, int, int], ...]


def _stamp(files: Iterable[Path]) -> Stamp:
    """Changes whenever one of the files does."""
    stats = ((path, path.stat()) for path in files)
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@dataclass
class Tools:
    """Made once a process, after any fork; everything heavy is made on first use."""

    settings: Settings
    worker: str = field(default_factory=worker_name)
    _plans: dict[str, tuple[Stamp, Plan]] = field(default_factory=dict)

    @cached_property
    def engine(self) -> Engine:
        return open_database(self.settings.database_url)

    @cached_property
    def storage(self) -> Storage:
        return Storage(self.settings.storage_url)

    @cached_property
    def recognizer(self) -> Recognizer:
        """Loaded by the first transcription of this process: a light worker never pays for it."""
        settings = self.settings
        return load_recognizer(
            settings.whisper_model,
            device=settings.whisper_device,
            compute_type=settings.whisper_compute_type,
            threads=settings.whisper_threads,
            hub_timeout_s=settings.hub_timeout_s,
        )

    @cached_property
    def taxonomy(self) -> Taxonomy:
        return load_taxonomy(taxonomy_path())

    @cached_property
    def questioner(self) -> Questioner | None:
        """The language model that answers `llm` conditions; None where none is set up."""
        return questioner(self.settings)

    @property
    def recognizer_version(self) -> str:
        """What transcription jobs are told apart by; the transcript records what really made it."""
        return f"whisper:{self.settings.whisper_model}"[:300]

    def plans(self, only: str | None = None) -> tuple[Plan, ...]:
        """The compiled rubrics that are active now, or the one named; a rubric file that changed is compiled anew.

        Raises `BadRubric`."""
        plans = (self._plan(rubric_id) for rubric_id in self.settings.rubric_ids)
        return tuple(plan for plan in plans if only in {None, plan.rubric.id})

    def _plan(self, rubric_id: str) -> Plan:
        path = find_rubric(rubric_id, folder=self.settings.rubrics_dir)
        own = (self.settings.phrases,) if self.settings.phrases else ()
        folders = [parent / name for parent in (shipped_folder(), path.parent) for name in SHARED_FOLDERS]
        stamp = _stamp((path, *own, *sorted({file for folder in folders for file in folder.glob("*.yaml")})))
        known = self._plans.get(rubric_id)
        if known is not None and known[0] == stamp:
            return known[1]
        rubric = load_rubric(path, phrase_files=own)
        plan = compile_rubric(rubric, zone=self.settings.zone, code_version=code_version())
        self._plans[rubric_id] = (stamp, plan)
        return plan

    @property
    def scoring_version(self) -> str:
        """What scoring jobs are told apart by: code, the very text of all active rubrics, and the model they ask."""
        return scoring_version(self.plans(), self.questioner.name if self.questioner else "")
