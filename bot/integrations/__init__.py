"""One folder for each vendor; the folder is the registry, and what is configured is on."""

import sys
from collections.abc import Mapping
from typing import Any

from bot.lib.plugins import modules_in
from bot.lib.vendors import Deps


def connect_all(env: Mapping[str, str], deps: Deps) -> dict[str, Any]:
    """Name -> integration, for each vendor that finds its settings in the environment."""
    vendors = {module.__name__.rpartition(".")[2]: module for module in modules_in(sys.modules[__name__])}
    connected = {name: vendor.connect(env, deps) for name, vendor in vendors.items()}
    return {name: vendor for name, vendor in connected.items() if vendor is not None}
