"""Orders and tickets as the API shows them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class CountBody(BaseModel):
    """What became of one table's rows: `rows_in` = `stored` + `rejected`."""

    rows_in: int = Field(examples=[138])
    stored: int = Field(examples=[130])
    rejected: int = Field(examples=[8])
    rejected_by_reason: dict[str, int] = Field(examples=[{"bad_amount": 2, "duplicate": 6}])


class ImportBody(BaseModel):
    """`callqa.import/1`."""

    format: str = Field(examples=["callqa.import/1"])
    files: dict[str, CountBody] = Field(
        description="表名 → 行数 · Table → rows",
        examples=[
            {"orders": {"rows_in": 3, "stored": 2, "rejected": 1, "rejected_by_reason": {"bad_amount": 1}}}
        ],
    )
    warnings: dict[str, int] = Field(examples=[{"updated": 4, "unknown_call": 1}])
    orphans: dict[str, int] = Field(examples=[{}])


class _Line(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    source: str = Field(examples=["orders"])
    key: str = Field(description="编号 · Id in the CRM", examples=["O-1001"])
    day: date = Field(examples=["2026-11-03"])
    status: str | None = Field(examples=["won"])
    agent_id: str | None = Field(examples=["A001"])
    team_id: str | None = Field(description="当时的团队 · Team at the time", examples=["T1"])
    campaign: str | None = Field(examples=["ins-2026"])
    call_id: str | None = Field(
        None, description="所依据的通话,若有录音 · The call that it rests on", examples=["k7w3pnq8xv2m"]
    )


class OrderLine(_Line):
    """An order; money in hundredths."""

    created_at: datetime = Field(examples=["2026-11-02T02:00:00Z"])
    closed_at: datetime | None = Field(examples=["2026-11-03T01:30:00Z"])
    amount_c: int | None = Field(description="金额,分 · Hundredths", examples=[128050])
    cycle_days: int | None = Field(
        description="首次拨打到成交的天数 · Days from the first dial", examples=[3]
    )


class TicketLine(_Line):
    """A ticket."""

    kind: str | None = Field(examples=["complaint"])
    opened_at: datetime = Field(examples=["2026-11-04T06:00:00Z"])
    closed_at: datetime | None = Field(examples=["2026-11-05T01:00:00Z"])
    first_contact: bool | None = Field(
        description="是否一次解决;null 为尚不可知 · Solved at the first contact", examples=[True]
    )


class OrdersBody(BaseModel):
    """A page of orders, the newest first."""

    total: int = Field(examples=[130])
    orders: list[OrderLine]


class TicketsBody(BaseModel):
    """A page of tickets, the newest first."""

    total: int = Field(examples=[85])
    tickets: list[TicketLine]
