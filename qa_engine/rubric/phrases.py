"""Phrase lists: shared ones beside the rubrics, a centre's own, and those inside a rubric; resolved to plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath

from pydantic import TypeAdapter, ValidationError

from qa_engine.errors import Where
from qa_engine.rubric.base import Reading
from qa_engine.rubric.explain import explain
from qa_engine.rubric.problems import BadRubric, Problem, did_you_mean
from qa_engine.rubric.schema import PhraseLists
from qa_engine.rubric.yaml_nodes import Document, read_yaml

_LISTS: TypeAdapter[PhraseLists] = TypeAdapter(PhraseLists)


def read_phrase_file(path: FilePath) -> PhraseLists:
    """The lists of one file: `名字: [词, …]` at the top level, or under a single key `phrases`. Raises `BadRubric`."""
    try:
        source = path.read_bytes()
    except OSError as error:
        hint = "请检查路径和读取权限"
        problem = Problem("unreadable", f"词表文件无法读取:{error.strerror}", hint, Where(str(path)))
        raise BadRubric([problem]) from error
    document = read_yaml(source, path.name)
    if isinstance(document.data, dict) and set(document.data) == {"phrases"}:
        document = _inner(document)
    reading = Reading()
    try:
        return _LISTS.validate_python({} if document.data is None else document.data, context=reading)
    except ValidationError as error:
        raise BadRubric(explain(error, document, reading)) from error


def _inner(document: Document) -> Document:
    assert isinstance(document.data, dict)
    values = {path[1:]: mark for path, mark in document.values.items() if path}
    keys = {path[1:]: mark for path, mark in document.keys.items() if len(path) > 1}
    return Document(document.file, document.data["phrases"], values, keys)


def shared_phrases(folders: Iterable[FilePath], extra: Iterable[FilePath] = ()) -> PhraseLists:
    """Lists of every `*.yaml` in the folders, in order of file name; a later folder replaces a list of the same name,
    the extra files add to it."""
    lists: PhraseLists = {}
    for folder in folders:
        here: PhraseLists = {}
        for path in sorted(folder.glob("*.yaml")):
            add_lists(here, read_phrase_file(path))
        lists |= here
    for path in extra:
        add_lists(lists, read_phrase_file(path))
    return lists


def add_lists(lists: PhraseLists, more: PhraseLists) -> None:
    """Adds words to the lists of the same name."""
    for name, phrases in more.items():
        lists[name] = tuple(dict.fromkeys((*lists.get(name, ()), *phrases)))


def resolve(lists: Mapping[str, tuple[str, ...]], *, where: Where) -> PhraseLists:
    """Every list with the `$names` in it replaced by their words. Raises `BadRubric` for unknown names and circles."""
    problems: list[Problem] = []
    resolved: PhraseLists = {}

    def words(name: str, above: tuple[str, ...]) -> tuple[str, ...]:
        if name in resolved:
            return resolved[name]
        if name in above:
            circle = " → ".join(f"${part}" for part in (*above[above.index(name) :], name))
            problems.append(Problem("phrase_circle", f"词表互相引用成环:{circle}", "请拆开", where))
            return ()
        found: list[str] = []
        for phrase in lists[name]:
            if not phrase.startswith("$"):
                found.append(phrase)
            elif phrase[1:] in lists:
                found.extend(words(phrase[1:], (*above, name)))
            else:
                hint = did_you_mean(phrase, [f"${other}" for other in lists])
                problems.append(
                    Problem("unknown_phrases", f"词表 {name} 里没有 {phrase} 这个词表", hint, where)
                )
        resolved[name] = tuple(dict.fromkeys(found))
        return resolved[name]

    for name in lists:
        words(name, ())
    if problems:
        raise BadRubric(problems)
    return resolved
