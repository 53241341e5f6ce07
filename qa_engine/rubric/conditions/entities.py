"""entity: a phone number, a name, a sum, a date … is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import BeforeValidator, Field

from qa_engine.language.entities import Kind
from qa_engine.rubric.base import ConditionModel, Leaf, as_list
from qa_engine.rubric.conditions.patterns import Stretch, form_judge
from qa_engine.rubric.conditions.words import Excuse
from qa_engine.scoring import wording
from qa_engine.scoring.outcome import Judge
from qa_engine.scoring.scene import Scene

if TYPE_CHECKING:
    from qa_engine.scoring.compile import Builder

KindList = Annotated[
    tuple[Kind, ...],
    BeforeValidator(as_list, json_schema_input_type=Kind | list[Kind]),
    Field(min_length=1, max_length=20),
]


class EntitySpec(Leaf):
    """What the labelling of entities calls one; spoken and written forms alike."""

    kind: KindList
    """phone, id_card, bank_card, name, address, plate, email, wechat, money, percent, date, time, number; several:
    any of them. A number dictated over several turns counts once a turn."""
    except_: Annotated[Excuse | None, Field(alias="except")] = None


class EntitySaid(ConditionModel):
    """An entity of a kind is said."""

    tag: ClassVar[str] = "entity"
    entity: EntitySpec

    def compile(self, builder: Builder) -> Judge:
        spec = self.entity
        kinds = frozenset(spec.kind)
        builder.kinds |= kinds

        def find(scene: Scene, turn: int) -> Iterator[Stretch]:
            for entity in scene.entities[turn]:
                if entity.kind in kinds:
                    yield turn, entity.start, entity.end

        what = "、".join(wording.ENTITIES[kind] for kind in spec.kind)
        return form_judge(spec, "entity", (f"说了{what}", f"未说{what}"), find, builder)
