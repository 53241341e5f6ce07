"""Conditions that several forms share: `conditions/*.yaml` beside the rubrics, used as `use: 名字`.

What takes many patterns to recognise has its home there, so that a form stays something that can be read aloud. A form
takes in those that it uses: its hash, its lock and the scores made from it hold them as if they stood in the form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import TypeAlias

from qa_engine.errors import Where
from qa_engine.rubric.problems import BadRubric, Problem
from qa_engine.rubric.yaml_nodes import Document, Plain, read_yaml, walk

SharedConditions: TypeAlias = Mapping[str, Document]
"""Name → the file in which it stands."""


def shared_conditions(folders: Iterable[FilePath]) -> SharedConditions:
    """Those of every `*.yaml` in the folders; a later folder hides a condition of the same name. Raises `BadRubric`."""
    found: dict[str, Document] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            document = _read(path)
            assert isinstance(document.data, dict)
            found |= dict.fromkeys(document.data, document)
    return found


def _read(path: FilePath) -> Document:
    try:
        source = path.read_bytes()
    except OSError as error:
        problem = Problem(
            "unreadable", f"条件文件无法读取:{error.strerror}", "请检查路径和读取权限", Where(str(path))
        )
        raise BadRubric([problem]) from error
    document = read_yaml(source, path.name)
    if not isinstance(document.data, dict):
        problem = Problem("not_conditions", "这不是条件文件", "每行写 名字: {条件}", Where(path.name, 1, 1))
        raise BadRubric([problem])
    return document


def take_in(document: Document, shared: SharedConditions) -> bool:
    """Mounts the shared conditions that a form uses, and those that these use; its own of the same name stay. Returns
    whether there were any."""
    if not isinstance(document.data, dict) or not isinstance(document.data.get("conditions", {}), dict):
        return False  # another problem says so
    todo = list(_used(document.data))
    while todo:
        name = todo.pop()
        here = document.data.get("conditions", {})
        assert isinstance(here, dict)
        if name in here or name not in shared:
            continue
        document.data.setdefault("conditions", here)
        document.mount(("conditions", name), shared[name], (name,))
        todo.extend(_used(document.at(("conditions", name))))
    return bool(document.mounted)


def _used(value: Plain) -> Iterator[str]:
    return (str(child) for path, child in walk(value) if path and path[-1] == "use")
