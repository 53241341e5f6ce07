"""Which version a lead gets: a hash, so that every call of a lead hears the same one and nobody chooses."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def assigned(experiment: str, lead: str, versions: Sequence[str]) -> str:
    """The version of a lead, each with the same chance. The experiment's id is hashed along, or all experiments would
    split the leads in the same way."""
    digest = hashlib.sha256(f"{experiment}\0{lead}".encode()).digest()
    return versions[int.from_bytes(digest[:8], "big") % len(versions)]
