"""What routes are handed: settings, storage, database sessions. Made once an application, kept on its state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from models.database import reading
from models.review_total import Reckoner
from models.settings import Settings
from models.storage import Storage


@dataclass(frozen=True, slots=True)
class Services:
    """All that a request may touch. `engine` is this process's own; connections are opened on first use."""

    settings: Settings
    engine: Engine
    storage: Storage
    reckoner: Reckoner = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reckoner", Reckoner(self.settings))


def services_of(request: Request) -> Services:
    """The services of the application that answers."""
    services = request.app.state.services
    assert isinstance(services, Services)
    return services


def reading_session(request: Request) -> Iterator[Session]:
    """One read-only snapshot for a request. Raises `DatabaseUnreachable`."""
    with reading(services_of(request).engine) as opened:
        yield opened


ServicesDep = Annotated[Services, Depends(services_of)]
ReadDep = Annotated[Session, Depends(reading_session)]
