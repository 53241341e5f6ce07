"""Coaching and experiments over HTTP."""

from __future__ import annotations

from models.coaching import CoachingPlanRow
from models.database import open_database, session
from tests.models.coached import ITEM, RUBRIC, TODAY, add_centre


def test_findings_and_plans(service_on_each) -> None:
    engine = open_database(service_on_each.settings.database_url)
    add_centre(engine)
    with session(engine) as opened:
        opened.add(CoachingPlanRow(agent_id="bad", rubric=RUBRIC, item_id=ITEM, owner="x", due_on=TODAY))
    engine.dispose()
    http = service_on_each.http
    found = http.get("/api/v1/coaching/findings", params={"rubric": RUBRIC, "day": str(TODAY)}).json()
    assert [(one["agent_id"], one["n"]) for one in found] == [("bad", 80)]
    assert [one["state"] for one in http.get("/api/v1/coaching/plans?agent=bad").json()] == ["draft"]
    assert http.get("/api/v1/coaching/plans?agent=p1").json() == []
    assert http.get("/api/v1/experiments").json() == []
