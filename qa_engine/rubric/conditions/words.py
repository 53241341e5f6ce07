"""says: phrases, matched as they are heard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from qa_engine.rubric.base import ConditionModel, Leaf, PhraseList, Strict

if TYPE_CHECKING:
    from qa_engine.rubric.base import Condition


def _excuse_kind(value: object) -> str:
    return "<condition>" if isinstance(value, dict | ConditionModel) else "<phrases>"


Excuse: TypeAlias = Annotated[
    Annotated[PhraseList, Tag("<phrases>")] | Annotated["Condition", Tag("<condition>")],
    Discriminator(_excuse_kind),
]
"""What excuses a hit. Phrases: said in the same turn (for timing: by anyone in the two turns before). A condition:
true from two turns before to one turn after."""


class SomePhrases(Strict):
    """`n` different members of `of`; a `$名字` is one member."""

    n: Annotated[int, Field(strict=True, ge=1, le=1_000)]
    of: PhraseList


class SaysSpec(Leaf):
    """`any_of`, `all_of`, `at_least` and `none_of` may be combined; all of them must hold."""

    any_of: PhraseList | None = None
    """One of these is said (`min_hits` times in all)."""
    all_of: PhraseList | None = None
    """Each of these is said."""
    at_least: SomePhrases | None = None
    """So many different ones of these are said."""
    none_of: PhraseList | None = None
    """None of these is said."""
    match: Literal["exact", "homophone", "fuzzy"] = "homophone"
    """exact: the same characters. homophone: the same sound, zh/z ch/c sh/s n/l an/ang en/eng in/ing folded.
    fuzzy: also one syllable wrong from five syllables on, two from nine."""
    negated: Literal["guard", "allow"] = "guard"
    """guard: 不 没 别 无 未 非 勿 before the phrase is no hit."""
    min_hits: Annotated[int, Field(strict=True, ge=1, le=10_000)] | None = None
    """Short for `count: {min: …}`."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None
    """What excuses a hit."""
    when_empty: Condition | None = None
    """Judged in place of this where every list named is empty (such as `$公司名` before anybody filled it)."""

    @model_validator(mode="after")
    def _something(self) -> SaysSpec:
        if not (self.any_of or self.all_of or self.at_least or self.none_of):
            raise PydanticCustomError("no_phrases", "says 要写 any_of、all_of、at_least 或 none_of")
        if self.min_hits is not None and self.count is not None:
            raise PydanticCustomError("contradictory_window", "min_hits 与 count 只写一个")
        return self


class Says(ConditionModel):
    """Phrases are said. A hit on words recognised with low confidence is unknown, and so is a miss where much of
    the stretch searched was badly recognised."""

    tag: ClassVar[str] = "says"
    says: SaysSpec
