"""Messages against real servers of this machine: what they get, what they refuse, and what is tried again."""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import socket
import time
from email import policy
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from models.database import session
from models.notify.deliver import deliver, send_waiting
from models.notify.outgoing import NotDelivered, Rules, Undeliverable, send
from models.outbox import MAX_ATTEMPTS, OutboxRow, Sending, put_message, take_message
from qa_engine.alerts.messages import Message, Post
from qa_engine.alerts.rules import Channel
from tests.conftest import make_settings
from tests.receivers import http_receiver, mail_receiver

HELLO = Message(
    "alert-1-1", "【预警】接通率低", ("范围:团队 T1", "接通率 8 %(n = 200)"), "http://callqa/alerts/1"
)
HERE = {"alert_hosts": "127.0.0.1", "alert_timeout_s": 5.0}


@pytest.fixture
def made(tmp_path, database_url):
    return lambda **more: make_settings(tmp_path, database_url, **HERE, **more)


def put(engine, channel: Channel = Channel.WEBHOOK) -> None:
    with session(engine) as opened:
        put_message(
            opened,
            message_id=HELLO.id,
            channel=channel.value,
            document=HELLO.document(),
            alert_id=None,
        )


def due_again(engine) -> OutboxRow:
    """The row, made due now instead of after its pause."""
    with session(engine) as opened:
        row = opened.exec(select(OutboxRow)).one()
        row.not_before = row.created_at
        opened.add(row)
        return row


def test_a_signed_webhook_arrives_once(made, engine) -> None:
    put(engine)
    with http_receiver() as server:
        settings = made(alert_webhook_url=server.url, alert_webhook_secrets="new, old")
        assert send_waiting(engine, settings) == (1, 0)
        assert send_waiting(engine, settings) == (0, 0)
    ((path, headers, body),) = server.requests
    assert path == "/hook?key=s3cret"
    assert json.loads(body) == {"format": "callqa.alert/1", **HELLO.document()}
    signed = f"{headers['X-CallQA-Timestamp']}.".encode() + body
    wanted = [f"v1={hmac.new(key, signed, hashlib.sha256).hexdigest()}" for key in (b"new", b"old")]
    assert headers["X-CallQA-Signature"].split(",") == wanted
    assert headers["X-CallQA-Id"] == HELLO.id


def test_what_fails_is_tried_again_with_the_same_id(made, engine) -> None:
    put(engine)
    with http_receiver(lambda number: (503 if number == 1 else 200, b"")) as server:
        settings = made(alert_webhook_url=server.url)
        assert send_waiting(engine, settings) == (0, 1)
        assert send_waiting(engine, settings) == (0, 0)  # not due yet
        row = due_again(engine)
        assert (row.error, row.attempts) == ("接收方出错(HTTP 503)", 1)
        assert send_waiting(engine, settings) == (1, 0)
    assert [headers["X-CallQA-Id"] for _, headers, _ in server.requests] == [HELLO.id] * 2


def test_a_sender_that_died_leaves_the_message_for_the_next(made, engine) -> None:
    put(engine)
    with session(engine) as opened:
        assert take_message(opened) is not None  # … and is killed before it marks it
    with http_receiver() as server:
        settings = made(alert_webhook_url=server.url)
        assert send_waiting(engine, settings) == (0, 0)  # still in its hands
        due_again(engine)
        assert send_waiting(engine, settings) == (1, 0)


def test_two_senders_never_hold_the_same_message(engine) -> None:
    put(engine)
    with session(engine) as opened:
        first, second = take_message(opened), take_message(opened)
    assert first is not None
    assert second is None


def test_a_message_that_cannot_be_made_holds_up_no_other(made, engine) -> None:
    with session(engine) as opened:
        put_message(opened, message_id="0", channel="webhook", document={}, alert_id=None)
    put(engine)
    with http_receiver() as server:
        assert send_waiting(engine, made(alert_webhook_url=server.url)) == (1, 1)


def test_attempts_end(made, engine) -> None:
    put(engine)
    with http_receiver(lambda _number: (500, b"")) as server:
        settings = made(alert_webhook_url=server.url)
        for _ in range(MAX_ATTEMPTS):
            send_waiting(engine, settings)
            row = due_again(engine)
        assert row.state == Sending.FAILED
        assert len(server.requests) == MAX_ATTEMPTS


@pytest.mark.parametrize("status", [302, 401, 404])
def test_a_refusal_for_good_is_not_repeated_nor_a_redirect_followed(made, engine, status: int) -> None:
    put(engine)
    with http_receiver(lambda _number: (status, b"")) as server:
        send_waiting(engine, made(alert_webhook_url=server.url))
        assert due_again(engine).state == Sending.FAILED
        assert len(server.requests) == 1


def test_dingtalk_signature_is_what_dingtalk_checks(made) -> None:
    with http_receiver(lambda _number: (200, b'{"errcode":0,"errmsg":"ok"}')) as server:
        settings = made(alert_dingtalk_url=server.url, alert_dingtalk_secret="SECx")
        deliver(settings, Channel.DINGTALK, HELLO, int(time.time()))
    query = parse_qs(urlsplit(server.requests[0][0]).query)
    stamp = query["timestamp"][0]
    wanted = hmac.new(b"SECx", f"{stamp}\nSECx".encode(), hashlib.sha256).digest()
    assert base64.b64decode(query["sign"][0]) == wanted
    assert abs(int(stamp) / 1000 - time.time()) < 3600


def test_feishu_signature_is_what_feishu_checks(made) -> None:
    with http_receiver(lambda _number: (200, b'{"code":0,"msg":"success"}')) as server:
        settings = made(alert_feishu_url=server.url, alert_feishu_secret="abc")
        deliver(settings, Channel.FEISHU, HELLO, int(time.time()))
    body = json.loads(server.requests[0][2])
    wanted = hmac.new(f"{body['timestamp']}\nabc".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == wanted


@pytest.mark.parametrize("reply", [b'{"errcode":93000,"errmsg":"invalid webhook url"}', b"<html>", b"[]"])
def test_a_robot_that_says_no_with_200_has_not_taken_it(made, reply: bytes) -> None:
    with http_receiver(lambda _number: (200, reply)) as server:
        settings = made(alert_wecom_url=server.url)
        with pytest.raises(NotDelivered):
            deliver(settings, Channel.WECOM, HELLO, 1)


def test_wecom_gets_markdown(made) -> None:
    with http_receiver(lambda _number: (200, b'{"errcode":0}')) as server:
        deliver(made(alert_wecom_url=server.url), Channel.WECOM, HELLO, 1)
    body = json.loads(server.requests[0][2])
    assert body["msgtype"] == "markdown"
    assert "[打开预警](http://callqa/alerts/1)" in body["markdown"]["content"]


def mail_settings(made, port: int, who: str = ""):
    return made(
        alert_smtp_url=f"smtp://{who}127.0.0.1:{port}",
        alert_email_from="callqa@example.com",
        alert_email_to="a@example.com, b@example.com",
    )


def test_mail_arrives_for_everybody(made) -> None:
    login = base64.b64encode(b"\0me\0p@ss").decode()
    with mail_receiver(login=login) as server:
        deliver(mail_settings(made, server.port, "me:p%40ss@"), Channel.EMAIL, HELLO, 1)
    ((sender, to, text),) = server.mails
    assert (sender, to) == ("callqa@example.com", ["a@example.com", "b@example.com"])
    mail = email.message_from_bytes(text, policy=policy.default)
    assert mail["Subject"] == HELLO.title
    assert mail["Message-ID"] == "<alert-1-1@example.com>"
    assert "接通率 8 %(n = 200)" in mail.get_content()


@pytest.mark.parametrize(("code", "error"), [(550, Undeliverable), (450, NotDelivered)])
def test_refused_receivers_are_told(made, code: int, error: type[Exception]) -> None:
    with mail_receiver(refuse=code) as server, pytest.raises(error, match="邮件服务器拒绝"):
        deliver(mail_settings(made, server.port), Channel.EMAIL, HELLO, 1)


def test_a_wrong_password_is_no_reason_to_try_for_ever(made) -> None:
    with mail_receiver(login="other") as server, pytest.raises(Undeliverable, match="535"):
        deliver(mail_settings(made, server.port, "me:wrong@"), Channel.EMAIL, HELLO, 1)


def test_a_server_that_is_away_is_tried_again(made) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NotDelivered):
        deliver(mail_settings(made, port), Channel.EMAIL, HELLO, 1)
    with pytest.raises(NotDelivered):
        deliver(made(alert_webhook_url=f"http://127.0.0.1:{port}/"), Channel.WEBHOOK, HELLO, 1)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "https://127.0.0.1/x",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[fd00::1]/x",
        "https://100.64.0.1/x",
        "file:///etc/passwd",
        "ftp://example.com/x",
        "x",
    ],
)
def test_addresses_inside_are_refused_unless_listed(url: str) -> None:
    with pytest.raises(Undeliverable):
        send(Post(url, b"{}", {}), Rules())


def test_neither_addresses_nor_secrets_are_logged_or_stored(made, engine) -> None:
    put(engine, Channel.DINGTALK)
    with http_receiver(lambda _number: (500, b"s3cret")) as server, capture_logs() as logs:
        settings = made(alert_dingtalk_url=server.url, alert_dingtalk_secret="SECx")
        send_waiting(engine, settings)
        seen = f"{logs} {due_again(engine)} {settings}"
    assert logs
    assert [word for word in ("s3cret", "SECx", str(server.port)) if word in seen] == []
