"""Drills: a scripted outage on the practice workspace, from the first page to closed."""

from bot.drill.run import Report, names, run

__all__ = ["Report", "names", "run"]
