"""Extracts of Slack's published contract, as data; see README.md beside this file."""

import json
from importlib.resources import files
from typing import Any


def load(name: str) -> Any:
    return json.loads(files(__name__).joinpath(name).read_text(encoding="utf-8"))
