"""Names of the measured figures of a call, for `measure` and `signal`."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

MeasuredName: TypeAlias = Literal[
    "talk_ratio", "silence_ratio", "longest_silence_s", "overlap_s", "agent_interruptions",
    "agent_chars_per_min", "customer_chars_per_min", "response_time_s", "turns", "duration_s", "agent_talk_s",
    "customer_talk_s", "hold_s", "greeting_s", "customer_interruptions", "agent_yields", "expected_cer",
]  # fmt: skip
ShareName: TypeAlias = Literal[
    "objections_acknowledged_share", "objections_answered_share", "objections_resolved_share"
]
SignalName: TypeAlias = MeasuredName | ShareName
MEASURED_SIGNALS: tuple[str, ...] = get_args(MeasuredName)
SHARE_SIGNALS: tuple[str, ...] = get_args(ShareName)
