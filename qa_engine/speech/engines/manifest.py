"""`callqa.json` in a model folder: what the folder's maker knows about how to use the model."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_engine.errors import BadSettings, Where
from qa_engine.speech.engines.sharing import Sharing

MANIFEST: Final = "callqa.json"


class ModelManifest(BaseModel):
    """All fields are optional; a folder without the file gets these defaults."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    name: str = Field("", description="Name under which transcripts show the model.")
    demo: bool = Field(False, description="True for a model that knows only the sample voices.")
    prompt: str | None = Field(
        None, description="Text given to every window; empty = none, absent = the engine's own prompt."
    )
    beam_size: int | None = Field(None, ge=1, le=10, description="Beam; absent = the engine's choice.")
    window_s: float | None = Field(None, ge=3, le=28, description="Longest window in seconds of sound.")
    fill_s: float | None = Field(
        None,
        ge=3,
        le=28,
        description="A window that holds this much takes no further span; absent = window_s.",
    )
    sharing: Sharing = Field(
        Sharing.CHANNEL,
        description="Who may share a window: channel (nobody), call or calls; only what was measured to be harmless.",
    )


def read_manifest(folder: Path) -> ModelManifest:
    """The manifest of a model folder, defaults where there is none. Raises BadSettings naming file and field."""
    path = folder / MANIFEST
    if not path.is_file():
        return ModelManifest()
    try:
        return ModelManifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "JSON"
        raise BadSettings(
            f"模型说明文件有误:{field}:{first['msg']}", hint="请修正或删除该文件", where=Where(str(path))
        ) from error
