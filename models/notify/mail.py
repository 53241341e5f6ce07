"""Mail by SMTP: plain, with STARTTLS, or over TLS from the start."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

from models.notify.outgoing import NotDelivered, Undeliverable
from qa_engine.alerts.messages import Message, plain

STARTTLS = "smtp+starttls"
SCHEMES = {"smtp": 25, STARTTLS: 587, "smtps": 465}
PERMANENT = 500


def send_mail(message: Message, url: str, *, sender: str, to: Sequence[str], timeout_s: float) -> None:
    """Sends to all receivers. Raises `NotDelivered`, `Undeliverable`; neither holds the address or password."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise Undeliverable(
            "CALLQA_ALERT_SMTP_URL 应以 smtps://、smtp+starttls:// 或 smtp:// 开头", hint="见 docs/alerts.md"
        )
    port = parts.port or SCHEMES[parts.scheme]
    try:
        with _connect(parts.scheme, parts.hostname, port, timeout_s) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(_mail(message, sender, to))
    except smtplib.SMTPResponseException as error:
        raise _kind(error.smtp_code)(
            f"邮件服务器拒绝了邮件({error.smtp_code})", hint="请检查账号、发件人和收件人"
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise _kind(max(code for code, _ in error.recipients.values()))(
            "邮件服务器拒绝了所有收件人", hint="请检查 CALLQA_ALERT_EMAIL_TO"
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotDelivered(f"邮件服务器没有应答({type(error).__name__})", hint="会自动重试") from error


def _kind(code: int) -> type[NotDelivered | Undeliverable]:
    return Undeliverable if code >= PERMANENT else NotDelivered


def _connect(scheme: str, host: str, port: int, timeout_s: float) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=timeout_s, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=timeout_s)
    if scheme == STARTTLS:
        server.starttls(context=ssl.create_default_context())
    return server


def _mail(message: Message, sender: str, to: Sequence[str]) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = message.title
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    mail["Date"] = formatdate(localtime=False)
    domain = sender.rpartition("@")[2].strip(">") or "callqa"
    mail["Message-ID"] = f"<{message.id}@{domain}>"
    mail.set_content(plain(message))
    return mail
