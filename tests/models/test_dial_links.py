"""A dialer's call and the scored call of the same conversation."""

from __future__ import annotations

from pathlib import Path

from models.database import open_database, reading
from models.dial_links import assured_calls
from models.settings import Settings
from tests.models.builders import add_call
from tests.models.dialer import Dialer


def test_calls_are_found_by_the_dialers_id_and_by_the_recordings_name(
    settings: Settings, tmp_path: Path
) -> None:
    dialer = Dialer(settings, tmp_path / "export", "vicidial")
    dialer.write(
        "vicidial_log.csv",
        "uniqueid,lead_id,call_date,status\n"
        "1.1,7,2026-11-02 09:00:00,NI\n1.2,7,2026-11-02 10:00:00,NI\n1.3,7,2026-11-02 11:00:00,NI\n",
    )
    dialer.write(
        "recording_log.csv", "recording_id,start_time,filename,vicidial_id\n1,2026-11-02 10:00:00,rec-2,1.2\n"
    )
    dialer.load()
    engine = open_database(settings.database_url)
    first, second = add_call(engine, external_id="1.1"), add_call(engine, external_id="rec-2")
    add_call(engine, external_id="other")
    with reading(engine) as opened:
        assert assured_calls(opened, "vicidial") == {"1.1": first, "1.2": second}
        assert assured_calls(opened, "vicidial", ["1.2", "1.3"]) == {"1.2": second}
        assert assured_calls(opened, "asterisk") == {}
    engine.dispose()
