"""Things named in a call: whose they are (phone, identity card, name, …) and figures (money, dates, …).

`find_entities` looks at a whole call, because a number may be dictated over several turns and is announced by the
question before it. Pure, in time linear to the text.
"""

from __future__ import annotations

from qa_engine.language.entities.entity import KINDS, PII, Entity, Kind
from qa_engine.language.entities.find import entities_in, find_entities

__all__ = ["KINDS", "PII", "Entity", "Kind", "entities_in", "find_entities"]
