"""What every command does: read the settings with its own options, and end with its exit code."""

from __future__ import annotations

import typer

from models.settings import Settings, load_settings


def run_settings(**overrides: object) -> Settings:
    """The settings, with those options of a command that were given."""
    return load_settings(**{name: value for name, value in overrides.items() if value is not None})


def end_with(code: int) -> None:
    """Ends the command; 0 is the ordinary end."""
    if code:
        raise typer.Exit(code)
