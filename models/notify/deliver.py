"""Empties the outbox: each message is taken, sent outside any transaction, and marked."""

from __future__ import annotations

import time

import structlog
from sqlalchemy import Engine

from models.database import reading, session
from models.notify.channels import addresses, secret
from models.notify.mail import send_mail
from models.notify.outgoing import NotDelivered, Rules, Undeliverable, listed, send
from models.outbox import Outgoing, is_waiting, not_sent, sent, take_message
from models.settings import Settings
from qa_engine.alerts.messages import Message, dingtalk, feishu, message_of, webhook, wecom
from qa_engine.alerts.rules import Channel
from qa_engine.errors import CallQAError

log = structlog.get_logger()


def deliver(settings: Settings, channel: Channel, message: Message, now_s: int) -> None:
    """Sends one message by one channel. Raises `NotDelivered`, `Undeliverable`."""
    address = addresses(settings).get(channel)
    if address is None:
        raise Undeliverable(f"渠道 {channel.value} 没有设置", hint="见 docs/alerts.md 的设置")
    if channel is Channel.EMAIL:
        receivers = [part.strip() for part in (settings.alert_email_to or "").split(",") if part.strip()]
        sender = settings.alert_email_from or ""
        send_mail(message, address, sender=sender, to=receivers, timeout_s=settings.alert_timeout_s)
        return
    if channel is Channel.WEBHOOK:
        secrets = [one.strip() for one in secret(settings.alert_webhook_secrets).split(",") if one.strip()]
        post = webhook(message, address, secrets, now_s)
    elif channel is Channel.WECOM:
        post = wecom(message, address)
    elif channel is Channel.DINGTALK:
        post = dingtalk(message, address, secret(settings.alert_dingtalk_secret), now_s)
    else:
        post = feishu(message, address, secret(settings.alert_feishu_secret), now_s)
    send(post, Rules(listed(settings.alert_hosts), settings.alert_timeout_s))


def send_waiting(engine: Engine, settings: Settings, *, limit: int = 20) -> tuple[int, int]:
    """(messages sent, not sent) of those that are due, `limit` at most. At least once: a sender that dies between
    sending and marking leaves the message to be sent again under the same id."""
    done = failed = 0
    for _ in range(limit):
        with reading(engine) as opened:
            if not is_waiting(opened):
                break
        with session(engine) as opened:
            held = take_message(opened)
        if held is None:
            break
        if _send(engine, settings, held):
            done += 1
        else:
            failed += 1
    return done, failed


def _send(engine: Engine, settings: Settings, held: Outgoing) -> bool:
    try:
        deliver(settings, Channel(held.channel), message_of(held.document), int(time.time()))
    except (NotDelivered, Undeliverable) as error:
        return _failed(engine, held, error)
    except Exception as error:  # noqa: BLE001 (one message that can't be made must not hold up the others)
        return _failed(engine, held, NotDelivered(f"发送时出现意外错误({type(error).__name__})"))
    with session(engine) as opened:
        sent(opened, held)
    log.info("alert.sent", message=held.id, channel=held.channel)
    return True


def _failed(engine: Engine, held: Outgoing, error: CallQAError) -> bool:
    with session(engine) as opened:
        ended = not_sent(opened, held, error.message, permanent=error.permanent)
    log.warning(
        "alert.not_sent",
        message=held.id,
        channel=held.channel,
        reason=error.message,
        attempt=held.attempt,
        ended=ended,
    )
    return False
