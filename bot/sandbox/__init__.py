"""A Slack workspace of our own on loopback: try the bot, test it and hold drills on it, without Slack."""
