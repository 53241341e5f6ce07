"""Which channels are set up, and which a rule uses."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import SecretStr

from models.settings import Settings
from qa_engine.alerts.rules import Channel, Rule


def secret(value: SecretStr | None) -> str:
    """The text of a secret setting, "" where it is empty."""
    return value.get_secret_value() if value is not None else ""


def addresses(settings: Settings) -> Mapping[Channel, str]:
    """The address of every channel that is set up. They hold keys: never to be shown or logged."""
    mail = secret(settings.alert_smtp_url) if settings.alert_email_to and settings.alert_email_from else ""
    known = {
        Channel.EMAIL: mail,
        Channel.WEBHOOK: secret(settings.alert_webhook_url),
        Channel.WECOM: secret(settings.alert_wecom_url),
        Channel.DINGTALK: secret(settings.alert_dingtalk_url),
        Channel.FEISHU: secret(settings.alert_feishu_url),
    }
    return {channel: address for channel, address in known.items() if address}


def channels_of(settings: Settings, rule: Rule) -> tuple[Channel, ...]:
    """Where a rule's messages go: the channels that it names, or all, of those that are set up."""
    ready = addresses(settings)
    return tuple(channel for channel in rule.channels or tuple(Channel) if channel in ready)
