"""Scripts and styles under /static: names carry a hash of the content, so browsers keep them for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from qa_engine.errors import CallQAError, NotFound

DIST = Path(__file__).resolve().parent.parent / "web" / "dist"
FOR_EVER = "public, max-age=31536000, immutable"
MEDIA_TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".map": "application/json",
    ".txt": "text/plain; charset=utf-8",
}

router = APIRouter(include_in_schema=False)


class PagesNotBuilt(CallQAError):
    """The pages' scripts and styles were never built: an installation without its build step."""

    code = "pages_not_built"


def manifest() -> Mapping[str, str]:
    """Plain name → name with hash, as the last build wrote it. Raises `PagesNotBuilt`."""
    path = DIST / "manifest.json"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError) as error:
        raise PagesNotBuilt(
            "页面的脚本和样式还没有构建",
            hint="请重新运行 pip install,或在源码目录运行 python api/web/build_hook.py",
        ) from error


@lru_cache(maxsize=2)
def _read(path: Path, _changed: int) -> Mapping[str, str]:
    files = json.loads(path.read_text(encoding="utf-8"))["files"]
    return {str(name): str(hashed) for name, hashed in files.items()}


def asset_url(name: str) -> str:
    """Address of a script or style. Raises `PagesNotBuilt`, and `KeyError` for a name that no build makes."""
    return f"/static/{manifest()[name]}"


@router.get("/static/{name}")
def static_file(name: str) -> FileResponse:
    """A built file; anything outside `dist` is not found."""
    path = DIST / name
    media_type = MEDIA_TYPES.get(path.suffix)
    if media_type is None or path.name != name or not path.is_file():
        raise NotFound(f"没有文件 {name[:80]}", hint="请刷新页面,程序可能刚升级过")
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": FOR_EVER})
