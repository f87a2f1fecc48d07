import importlib
import sys

from bot.lib.plugins import modules_in


def test_a_folder_is_its_own_registry(tmp_path):
    (tmp_path / "house_of_test" / "beta").mkdir(parents=True)
    for name in ("__init__", "gamma", "alpha", "__main__", "beta/__init__"):
        (tmp_path / "house_of_test" / f"{name}.py").write_text("")
    sys.path.insert(0, str(tmp_path))
    try:
        found = modules_in(importlib.import_module("house_of_test"))
    finally:
        sys.path.remove(str(tmp_path))
    assert [module.__name__.split(".")[1] for module in found] == ["alpha", "beta", "gamma"]
