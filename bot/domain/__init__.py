"""The rules: no Slack, no web, no vendor, no clock."""
