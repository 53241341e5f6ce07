"""What a worker process keeps between jobs: connections, the recogniser, compiled rubrics."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import structlog
from sqlalchemy import Engine

from models.database import open_database
from models.hot_words import load_hot_words
from models.llm import questioner
from models.recognizer import open_recognizer
from models.rescore import scoring_version
from models.settings import Settings
from models.storage import Storage
from models.studio.forms import Forms, Stamp, forms_of
from models.version import code_version
from qa_engine.calls import CallFacts
from qa_engine.objections import Taxonomy, load_taxonomy
from qa_engine.rubric.load import taxonomy_path
from qa_engine.rubric.problems import BadRubric
from qa_engine.scoring import Plan, compile_rubric
from qa_engine.scoring.questioner import Questioner
from qa_engine.speech.engines.base import Recognizer
from workers.identity import worker_name

log = structlog.get_logger()


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
        return open_recognizer(settings)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        return load_taxonomy(taxonomy_path())

    @cached_property
    def questioner(self) -> Questioner | None:
        """The language model that answers `llm` conditions; None where none is set up."""
        return questioner(self.settings)

    def hot_words(self, facts: CallFacts) -> tuple[str, ...]:
        """The hot words of a call. A file that cannot be used is no reason to fail calls: its lines are logged,
        and the calls are heard without."""
        try:
            return load_hot_words(self.settings).for_call(facts.campaign, facts.agent_name)
        except BadRubric as error:
            log.warning("hot_words.unusable", places=[str(problem.where) for problem in error.problems[:5]])
            return ()

    @property
    def recognizer_version(self) -> str:
        """What transcription jobs are told apart by; the transcript records what really made it."""
        return f"whisper:{self.settings.whisper_model}"[:300]

    def plans(self, only: str | None = None) -> tuple[Plan, ...]:
        """The compiled rubrics that are active now, or the one named; one that was released or whose file changed is
        compiled anew.

        Raises `BadRubric`."""
        forms = forms_of(self.engine, self.settings)
        plans = (self._plan(forms, rubric_id) for rubric_id in forms.active)
        return tuple(plan for plan in plans if only in {None, plan.rubric.id})

    def _plan(self, forms: Forms, rubric_id: str) -> Plan:
        stamp = forms.stamp(rubric_id)
        known = self._plans.get(rubric_id)
        if known is not None and known[0] == stamp:
            return known[1]
        plan = compile_rubric(forms.rubric(rubric_id), zone=self.settings.zone, code_version=code_version())
        self._plans[rubric_id] = (stamp, plan)
        return plan

    @property
    def scoring_version(self) -> str:
        """What scoring jobs are told apart by: code, the very text of all active rubrics, and the model they ask."""
        return scoring_version(self.plans(), self.questioner.name if self.questioner else "")
