"""The forms as the command line sees them: released ones from the database where there is one, else the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.engine import make_url

from api.cli.console import note
from api.cli.database import store
from models.database import DatabaseNotMigrated, reading
from models.settings import Settings
from models.studio.forms import Forms, file_forms, forms_in
from models.studio.release import released_form
from qa_engine.errors import Unavailable


def known_forms(settings: Settings, *, extra: Sequence[Path] = ()) -> Forms:
    """The forms in force, read at once. Without a database, or with one from before there were releases, the files are;
    where a database does not answer, they stand in and that is said."""
    if not _has_database(settings.database_url):
        return file_forms(settings, extra=extra)
    try:
        with store(settings) as engine, reading(engine) as opened:
            found = forms_in(opened, settings)
            kept = {one.id: released_form(opened, one.id) for one in found.released.values()}
    except DatabaseNotMigrated:
        return file_forms(settings, extra=extra)
    except Unavailable as error:
        note(f"{error.message}:已发布的质检表读不到,按文件里的评", style="yellow")
        return file_forms(settings, extra=extra)
    return Forms(settings, found.released, kept.__getitem__, tuple(extra))


def _has_database(url: str) -> bool:
    """A command that needs no database must not make an empty one."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(str(parsed.database)).is_file()
