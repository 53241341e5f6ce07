"""Every error that CallQA raises on purpose: named, with what was found and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Where:
    """Place of a fault in an input: file name, 1-based line and column, or 1-based data row of a table."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    row: int | None = None

    def __str__(self) -> str:
        place = [self.file or "<input>"]
        if self.line is not None:
            place.append(str(self.line))
            if self.column is not None:
                place.append(str(self.column))
        text = ":".join(place)
        return f"{text} row {self.row}" if self.row is not None else text


class CallQAError(Exception):
    """Base of all expected errors.

    `code` is stable and machine readable, `http_status` is what the API answers, `permanent` tells the
    pipeline that a retry cannot help. `message` says what was found and what was expected; `hint` says what
    to do next; `where` names file, line or row.
    """

    code: ClassVar[str] = "callqa_error"
    http_status: ClassVar[int] = 500
    permanent: ClassVar[bool] = True

    def __init__(self, message: str, *, hint: str = "", where: Where | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} → {self.hint}" if self.hint else head


class BadInput(CallQAError):
    """An input that cannot be used as it is."""

    code = "bad_input"
    http_status = 422


class NotFound(CallQAError):
    """The thing asked for does not exist, or is not visible to the asker."""

    code = "not_found"
    http_status = 404


class Conflict(CallQAError):
    """The request contradicts what is already stored."""

    code = "conflict"
    http_status = 409


class Unavailable(CallQAError):
    """Something outside (hub, database, broker, disk) does not answer now; a later try may succeed."""

    code = "unavailable"
    http_status = 503
    permanent = False


class BadSettings(CallQAError):
    """A setting has a value with which the product cannot run."""

    code = "bad_settings"
    http_status = 500
