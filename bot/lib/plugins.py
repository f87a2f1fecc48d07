"""A folder is its own registry: what lies in it is found."""

import importlib
import pkgutil
from types import ModuleType


def modules_in(package: ModuleType) -> list[ModuleType]:
    """Import the modules and packages directly in a package, in the order of their names."""
    names = sorted(found.name for found in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names if name != "__main__"]
