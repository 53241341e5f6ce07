"""Sending what lies in the outbox: mail, webhook, group robots."""
