"""Orders and tickets over HTTP and on pages: the import's report, and the rows behind figures."""

from __future__ import annotations

import io

import pytest
from bs4 import BeautifulSoup
from openpyxl import Workbook

from tests.api.conftest import Service

ORDERS = (
    "订单编号,客户电话,坐席工号,团队,订单金额,订单状态,下单时间,成交时间\n"
    "O1,13900000011,A1,T1,1280.50,已成交,2026-11-02 10:00,2026-11-03 09:30\n"
    "O2,13900000012,A1,T1,99,待付款,2026-11-03 10:00,\n"
    "O3,13900000013,A1,T1,-9,待付款,2026-11-03 10:00,\n"
)
TICKETS = (
    "ticket_id,phone,agent_id,kind,status,opened_at,closed_at\n"
    "T1,13900000011,A1,投诉,已解决,2026-11-04 14:00,2026-11-05 09:00\n"
    "T2,13900000012,A1,咨询,处理中,2026-11-20 14:00,\n"
)


def hand_in(service: Service, table: str, text: str | bytes, name: str = "", **form: str):
    data = text.encode("gb18030") if isinstance(text, str) else text
    return service.http.post(f"/api/v1/{table}", files={"file": (name or f"{table}.csv", data)}, data=form)


def test_the_report_is_that_of_the_command_and_twice_changes_nothing(service: Service) -> None:
    dry = hand_in(service, "orders", ORDERS, dry_run="true").json()
    assert service.http.get("/api/v1/orders").json() == {"total": 0, "orders": []}
    first = hand_in(service, "orders", ORDERS).json()
    assert first == dry
    assert first == {
        "format": "callqa.import/1",
        "files": {
            "orders": {"rows_in": 3, "stored": 2, "rejected": 1, "rejected_by_reason": {"bad_amount": 1}}
        },
        "warnings": {},
        "orphans": {},
    }
    again = hand_in(service, "orders", ORDERS).json()["files"]["orders"]
    assert (again["stored"], again["rejected_by_reason"]) == (0, {"bad_amount": 1, "duplicate": 2})
    listed = service.http.get("/api/v1/orders?status=won&team=T1&from=2026-11-03&to=2026-11-03").json()
    assert [(line["key"], line["amount_c"], line["agent_id"]) for line in listed["orders"]] == [
        ("O1", 128050, "A1")
    ]


def test_a_workbook_with_a_mapping(service: Service) -> None:
    book = Workbook()
    book.active.append(["合同", "保费", "进度", "承保"])
    book.active.append(["C1", 100.1, "妥了", "2026-11-03"])
    data = io.BytesIO()
    book.save(data)
    mapping = "columns: {key: 合同, amount: 保费, status: 进度, closed_at: 承保}\nstatuses: {won: [妥了]}"
    answer = service.http.post(
        "/api/v1/orders",
        files={"file": ("x.xlsx", data.getvalue()), "mapping": ("m.yaml", mapping.encode())},
        data={"source": "core"},
    )
    assert answer.json()["files"]["x"]["stored"] == 1, answer.text
    (line,) = service.http.get("/api/v1/orders").json()["orders"]
    assert (line["source"], line["amount_c"], line["status"]) == ("core", 10010, "won")


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("orders.csv", "a,b\n1,2\n", "bad_table"),
        ("orders.pdf", ORDERS, "bad_request"),
        ("orders.xlsx", "no workbook", "bad_table"),
        ("../../orders.csv", b"\xff\xfea\x00\x00\xd8", "bad_encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    service: Service, name: str, text: str | bytes, code: str
) -> None:
    answer = hand_in(service, "orders", text, name)
    assert (answer.status_code // 100, answer.json()["error"]["code"]) == (4, code)


def test_a_figure_of_the_board_opens_its_rows(service: Service) -> None:
    hand_in(service, "orders", ORDERS)
    hand_in(service, "tickets", TICKETS)
    days = "from=2026-11-01&to=2026-11-30"
    board = BeautifulSoup(service.http.get(f"/board?{days}").text, "html.parser")
    found = {
        tile.select_one(".tile-name")["href"].split("#")[1]: tile.select_one(".tile-count")
        for tile in board.select(".tile:has(a.tile-name[href])")  # what waits has tiles of its own
    }
    assert found["sales_value"].text == "1,280"  # half to even
    assert found["first_call_resolution"].text == "100.0%"
    opened = {
        "sales_value": found["sales_value"]["href"],
        "complaints": f"/figures/complaints?{days}",  # the rate is unknown: no dialer told of connects
        "first_call_resolution": found["first_call_resolution"]["href"],
    }
    pages = {name: BeautifulSoup(service.http.get(href).text, "html.parser") for name, href in opened.items()}
    assert "O1" in pages["sales_value"].text
    assert "O2" not in pages["sales_value"].text
    assert "T1" in pages["complaints"].select_one("tbody").text
    assert "T2" not in pages["complaints"].select_one("tbody").text
    assert "T1" in pages["first_call_resolution"].select_one("tbody").text


def test_a_backward_range_is_refused(service: Service) -> None:
    for path in ("/api/v1/orders", "/api/v1/tickets"):
        answer = service.http.get(f"{path}?from=2026-11-03&to=2026-11-01")
        assert answer.status_code in {400, 422}, path
