"""`rubric.lock`: one hash a rubric and version, so that no score changes silently.

The hash is of what can change a score: the form without titles, reasons, coaching and examples, and the phrase lists
it uses. A centre's own lists (`--phrases`) are not part of it: their content is pinned in every evaluation.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath

from qa_engine.errors import Where
from qa_engine.rubric.load import Rubric, canonical
from qa_engine.rubric.problems import BadRubric, Problem
from qa_engine.rubric.yaml_nodes import Plain, walk

UNSCORED_KEYS = frozenset({"examples", "why", "coach", "title"})
HEADER = "# One line a rubric version: id version sha256 of what can change a score. Written by `callqa rubric lock`.\n"


def scored_sha256(rubric: Rubric) -> str:
    """Hash of everything in a form that can change a score."""
    names = {
        value[1:]
        for path, value in walk(rubric.document.data)
        if isinstance(value, str) and value.startswith("$") and "examples" not in path
    }
    lists: Plain = {name: list(rubric.phrases[name]) for name in sorted(names & rubric.phrases.keys())}
    form = _scored(rubric.document.data)
    assert isinstance(form, dict)
    content: Plain = {"form": {key: part for key, part in form.items() if key != "phrases"}, "lists": lists}
    return hashlib.sha256(canonical(content)).hexdigest()


def _scored(value: Plain) -> Plain:
    if isinstance(value, dict):
        return {key: _scored(part) for key, part in value.items() if key not in UNSCORED_KEYS}
    return [_scored(part) for part in value] if isinstance(value, list) else value


def read_lock(path: FilePath) -> Mapping[tuple[str, int], str]:
    """(id, version) → hash. A missing file is an empty lock. Raises `BadRubric` naming the line."""
    locked: dict[tuple[str, int], str] = {}
    if not path.is_file():
        return locked
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        parts = line.split("#")[0].split()
        if not parts:
            continue
        if len(parts) != 3 or not parts[1].isdigit():
            hint = "每行写:编号 版本 sha256"
            raise BadRubric([Problem("bad_lock", "锁文件这一行读不懂", hint, Where(path.name, number, 1))])
        locked[parts[0], int(parts[1])] = parts[2]
    return locked


def check_lock(rubrics: Iterable[Rubric], path: FilePath) -> tuple[Problem, ...]:
    """Rubrics whose content changed without a new version, or that are not locked yet."""
    locked = read_lock(path)
    problems: list[Problem] = []
    for rubric in rubrics:
        where = rubric.document.where(("version",), key=True)
        known = locked.get((rubric.id, rubric.version))
        if known is None:
            message = f"{rubric.id} 版本 {rubric.version} 还没有写入 {path.name}"
            problems.append(Problem("not_locked", message, "运行 callqa rubric lock", where))
        elif known != scored_sha256(rubric):
            message = f"{rubric.id} 的内容变了,版本仍是 {rubric.version}"
            problems.append(
                Problem("changed_without_version", message, "version 加 1,再运行 callqa rubric lock", where)
            )
    return tuple(problems)


def write_lock(rubrics: Iterable[Rubric], path: FilePath) -> None:
    """Adds the rubrics' versions to the lock. Raises `BadRubric` where a locked version has changed."""
    loaded = list(rubrics)
    changed = [p for p in check_lock(loaded, path) if p.code == "changed_without_version"]
    if changed:
        raise BadRubric(changed)
    locked = {**read_lock(path), **{(rubric.id, rubric.version): scored_sha256(rubric) for rubric in loaded}}
    lines = [f"{name} {version} {digest}\n" for (name, version), digest in sorted(locked.items())]
    path.write_text(HEADER + "".join(lines), encoding="utf-8")
