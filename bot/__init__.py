"""Closeout: an incident and postmortem bot that does not let go until every loop is closed."""
