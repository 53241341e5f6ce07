"""A rubric file → `Rubric`, or every problem in it with its line and column."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path as FilePath

from pydantic import ValidationError

from qa_engine.errors import NotFound, Where
from qa_engine.rubric.base import Reading
from qa_engine.rubric.explain import explain
from qa_engine.rubric.items import Item, Section
from qa_engine.rubric.phrases import resolve, shared_phrases
from qa_engine.rubric.problems import BadRubric, Problem, did_you_mean
from qa_engine.rubric.schema import PhraseLists, RubricSpec
from qa_engine.rubric.shared_conditions import SharedConditions, shared_conditions, take_in
from qa_engine.rubric.yaml_nodes import Document, Path, Plain, read_yaml, walk

WEIGHT_SUM = 100.0
NOT_RUBRICS = frozenset({"objections"})
SHARED_FOLDERS = ("phrases", "conditions")
"""Beside the rubrics: what several of them name."""
_TABLES = tuple(
    files("qa_engine").joinpath(path)
    for path in ("objections/data/objections.npz", "scoring/data/compliance.npz")
)


@dataclass(frozen=True, slots=True)
class Rubric:
    """A form that can be compiled. `phrases` holds every list it may name, resolved to words; `sha256` is of its
    content (comments and layout don't count), `lexicon_sha256` of the phrase lists, the objection taxonomy and the
    trained tables."""

    spec: RubricSpec
    phrases: Mapping[str, tuple[str, ...]]
    document: Document
    sha256: str
    lexicon_sha256: str
    source: str = ""
    """The file's very text; of a form that took in shared conditions, its content with them as JSON, which is YAML too."""
    taxonomy: bytes = b""
    """Text of the objection taxonomy that goes with it."""

    @property
    def id(self) -> str:
        return self.spec.rubric

    @property
    def version(self) -> int:
        return self.spec.version

    @property
    def title(self) -> str:
        return self.spec.title

    @property
    def status(self) -> str:
        return self.spec.status

    @property
    def pass_mark(self) -> float:
        return self.spec.pass_mark

    @property
    def sections(self) -> tuple[Section, ...]:
        return self.spec.sections

    @property
    def items(self) -> Iterator[Item]:
        """All items in the order of the form."""
        return (item for section in self.spec.sections for item in section.items)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Phrase lists and conditions that a form may name without holding them."""

    phrases: PhraseLists
    conditions: SharedConditions


def shipped_folder() -> FilePath:
    """Folder of the rubrics that come with the product."""
    return FilePath(str(files("rubrics")))


def taxonomy_path() -> FilePath:
    """The shipped objection taxonomy."""
    return shipped_folder() / "objections.yaml"


def shipped_rubrics(folder: FilePath | None = None) -> Mapping[str, FilePath]:
    """Rubric files of a folder (the shipped ones by default) by id, which is the file's name."""
    folder = folder or shipped_folder()
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if path.stem not in NOT_RUBRICS}


def find_rubric(id_or_path: str | FilePath, *, folder: FilePath | None = None) -> FilePath:
    """The file of a rubric: a path that exists, else an id in `folder` or among the shipped ones. Raises `NotFound`."""
    path = FilePath(id_or_path)
    if path.is_file():
        return path
    known = {**shipped_rubrics(), **(shipped_rubrics(folder) if folder else {})}
    if str(id_or_path) in known:
        return known[str(id_or_path)]
    raise NotFound(f"没有质检表 {id_or_path}", hint=did_you_mean(str(id_or_path), known))


def load_rubric(path: FilePath, *, phrase_files: Sequence[FilePath] = ()) -> Rubric:
    """Reads a rubric with its phrase lists: the shipped ones, those in `phrases/` beside it, and `phrase_files`,
    which add to lists of the same name; and the conditions in `conditions/` of the same folders. Raises `BadRubric`
    with every problem found."""
    path = FilePath(path)
    try:
        source = path.read_bytes()
    except OSError as error:
        problem = Problem(
            "unreadable", f"文件无法读取:{error.strerror}", "请检查路径和读取权限", Where(str(path))
        )
        raise BadRubric([problem]) from error
    own = path.parent if path.resolve().parent != shipped_folder().resolve() else None
    around = surroundings(own, phrase_files)
    return parse_rubric(source, file=str(path), shared=around.phrases, conditions=around.conditions)


def surroundings(folder: FilePath | None, phrase_files: Sequence[FilePath] = ()) -> Surroundings:
    """What lies around a rubric: shipped lists and conditions, those of `folder`, and `phrase_files`. Raises `BadRubric`."""
    folders = [shipped_folder(), *([folder] if folder else [])]
    return Surroundings(
        shared_phrases([each / "phrases" for each in folders], phrase_files),
        shared_conditions([each / "conditions" for each in folders]),
    )


def parse_rubric(
    source: bytes | str,
    *,
    file: str = "<rubric>",
    shared: PhraseLists | None = None,
    conditions: SharedConditions | None = None,
    taxonomy: bytes | None = None,
) -> Rubric:
    """A rubric from text; `shared` are the phrase lists and `conditions` the conditions around it, `taxonomy` the text of
    the objection taxonomy (the shipped one by default). Raises `BadRubric`."""
    document = read_yaml(source, file)
    if not isinstance(document.data, dict):
        problem = Problem(
            "not_a_rubric", "这不是质检表:最外层应是“键: 值”", "以 rubric: 编号 开头", Where(file, 1, 1)
        )
        raise BadRubric([problem])
    is_whole = not take_in(document, conditions or {})
    own = document.data.get("phrases")
    own_names = frozenset(own) if isinstance(own, dict) else frozenset[str]()
    named = document.data.get("conditions")
    names = frozenset(named) if isinstance(named, dict) else frozenset[str]()
    reading = Reading(phrases=frozenset(shared or {}) | own_names, conditions=names)
    problems: list[Problem] = []
    spec: RubricSpec | None = None
    try:
        spec = RubricSpec.model_validate(document.data, context=reading)
    except ValidationError as error:
        problems = explain(error, document, reading)
    problems += _across_items(document)
    if spec is None or problems:
        raise BadRubric(problems)
    phrases = resolve({**(shared or {}), **spec.phrases}, where=document.where(("phrases",), key=True))
    taxonomy = _shipped_taxonomy() if taxonomy is None else taxonomy
    text = source if isinstance(source, str) else source.decode("utf-8", "surrogateescape")
    if not is_whole:
        text = json.dumps(document.data, ensure_ascii=False)
    lexicon = _lexicon_sha256(phrases, taxonomy)
    return Rubric(spec, phrases, document, _sha256(document.data), lexicon, text, taxonomy)


def _shipped_taxonomy() -> bytes:
    path = taxonomy_path()
    return path.read_bytes() if path.is_file() else b""


def _items(document: Document) -> Iterator[tuple[Path, dict[str, Plain]]]:
    sections = document.at(("sections",))
    for s in range(len(sections) if isinstance(sections, list) else 0):
        items = document.at(("sections", s, "items"))
        for i, item in enumerate(items if isinstance(items, list) else ()):
            if isinstance(item, dict):
                yield ("sections", s, "items", i), item


def _across_items(document: Document) -> list[Problem]:
    """Faults that only show when items are seen together: ids, references, the sum of weights."""
    ids = [(path, str(item["id"])) for path, item in _items(document) if "id" in item]
    problems = [
        Problem(
            "duplicate_id", f"编号 {name} 重复", "每个检查项的编号只能用一次", document.where((*path, "id"))
        )
        for index, (path, name) in enumerate(ids)
        if name in {other for _, other in ids[:index]}
    ]
    circles = _circles(document)
    references = [] if circles else _references(document, {name for _, name in ids})
    return [*problems, *circles, *references, *_weights(document)]


def _used(document: Document, path: Path, value: Plain) -> Iterator[tuple[Path, Plain]]:
    """`value` and every named condition that it uses, with their places in the file."""
    todo, seen = [(path, value)], set[str]()
    while todo:
        here, part = todo.pop()
        for inner, child in walk(part, here):
            yield inner, child
            if inner and inner[-1] == "use" and isinstance(child, str) and child not in seen:
                seen.add(child)
                todo.append((("conditions", child), document.at(("conditions", child))))


def _circles(document: Document) -> list[Problem]:
    """Named conditions that use themselves."""
    named = document.at(("conditions",))
    uses = {
        name: {str(value) for path, value in walk(condition) if path and path[-1] == "use"}
        for name, condition in (named.items() if isinstance(named, dict) else ())
    }
    return [
        Problem(
            "condition_circle",
            f"条件 {name} 绕回它自己",
            "请去掉一处 use",
            document.where(("conditions", name), key=True),
        )
        for name in uses
        if _reaches(name, name, uses)
    ]


def _references(document: Document, ids: set[str]) -> list[Problem]:
    problems: list[Problem] = []
    asks: dict[str, set[str]] = {}
    places: dict[str, Path] = {}
    for path, item in _items(document):
        for inner, value in _used(document, path, item):
            if len(inner) < 2 or inner[-2:] != ("item", "id") or not isinstance(value, str):
                continue
            if inner[-3:-2] == ("history",):
                continue  # an item of an earlier call may be of another form
            own = str(item.get("id", ""))
            asks.setdefault(own, set()).add(value)
            places.setdefault(own, inner)
            if value not in ids:
                hint = did_you_mean(value, ids)
                problems.append(Problem("unknown_item", f"没有检查项 {value}", hint, document.where(inner)))
    for start in asks:
        if _reaches(start, start, asks):
            where = document.where(places[start])
            problems.append(
                Problem("item_circle", f"检查项 {start} 的条件绕回它自己", "请去掉一处 item", where)
            )
    return problems


def _reaches(start: str, goal: str, asks: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    todo = list(asks.get(start, ()))
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            todo.extend(asks.get(name, ()))
    return False


def _weights(document: Document) -> list[Problem]:
    weights = [item.get("weight", 0) for _, item in _items(document) if item.get("trial") is not True]
    if not weights or not all(isinstance(w, int | float) and not isinstance(w, bool) for w in weights):
        return []  # another problem says so
    total = sum(float(w) for w in weights if isinstance(w, int | float))
    if abs(total - WEIGHT_SUM) < 1e-6:
        return []
    hint = "试行(trial)项不计入;请调整 weight"
    return [
        Problem(
            "weights", f"生效项的权重合计 {total:g},应为 100", hint, document.where(("sections",), key=True)
        )
    ]


def canonical(value: Plain) -> bytes:
    """JSON that is the same for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        "utf-8", "replace"
    )


def _sha256(value: Plain) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def _lexicon_sha256(phrases: Mapping[str, tuple[str, ...]], taxonomy: bytes) -> str:
    digest = hashlib.sha256(canonical({name: list(words) for name, words in phrases.items()}))
    digest.update(taxonomy)
    for table in _TABLES:
        digest.update(table.read_bytes())
    return digest.hexdigest()
