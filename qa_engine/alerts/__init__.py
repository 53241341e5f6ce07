"""When to alert: rules as data, their judgement on plain series, and the messages that they send."""
