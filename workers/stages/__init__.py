"""The stages of a call, one file each; this table is where a new one is entered."""

from __future__ import annotations

from collections.abc import Mapping

from models.call import CallState
from models.stage_job import Stage
from workers.stages import analyze, probe, rollup, score, transcribe
from workers.stages.base import StageWork

STAGES: Mapping[Stage, StageWork] = {
    Stage.PROBE: probe.run,
    Stage.TRANSCRIBE: transcribe.run,
    Stage.ANALYZE: analyze.run,
    Stage.SCORE: score.run,
    Stage.ROLLUP: rollup.run,
}

# What people see while a stage runs; the roll-up is too short to have a name of its own.
SHOWN_AS: Mapping[Stage, CallState] = {
    Stage.PROBE: CallState.PROBING,
    Stage.TRANSCRIBE: CallState.TRANSCRIBING,
    Stage.ANALYZE: CallState.ANALYZING,
    Stage.SCORE: CallState.SCORING,
}
