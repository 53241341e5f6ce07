"""Working hours: when something is due that may take so many of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from qa_engine.errors import BadSettings
from qa_engine.targets.working_days import WorkCalendar

_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
LAST_HOUR, LAST_MINUTE = 23, 59
LONGEST_DAYS = 400
"""Nothing is due later than this many days on, whatever the calendar says."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From `opens` to `closes` of each day of the calendar that is worked."""

    opens: time
    closes: time
    zone: ZoneInfo
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    def due(self, since: datetime, hours: float) -> datetime:
        """The moment at which so many working hours since `since` are over. A day worth less than a whole one is worked."""
        left = timedelta(hours=hours)
        local = since.astimezone(self.zone)
        day = local.date()
        for at in range(LONGEST_DAYS):
            today = day + timedelta(days=at)
            if self.calendar.worth(today) <= 0:
                continue
            opens = datetime.combine(today, self.opens, self.zone)
            closes = datetime.combine(today, self.closes, self.zone)
            begin = max(opens, local)
            if begin >= closes:
                continue
            if left <= closes - begin:
                return (begin + left).astimezone(since.tzinfo)
            left -= closes - begin
        return since + timedelta(days=LONGEST_DAYS)


def parse_hours(text: str) -> tuple[time, time]:
    """`09:00-18:00` as its two ends. Raises `BadSettings`."""
    found = _HOURS.fullmatch(text.strip())
    numbers = [int(part) for part in found.groups()] if found else []
    if not numbers or max(numbers[::2]) > LAST_HOUR or max(numbers[1::2]) > LAST_MINUTE:
        raise BadSettings(f"工作时间 {text!r} 写法不对", hint="例如 09:00-18:00")
    ends = time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
    if ends[0] >= ends[1]:
        raise BadSettings(f"工作时间 {text!r} 没有长度", hint="例如 09:00-18:00")
    return ends
