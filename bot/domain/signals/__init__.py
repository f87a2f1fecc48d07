"""Signals: what shows that a customer is hurt before they say so."""
