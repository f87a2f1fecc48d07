"""Golden files: what was rendered once and read by a person. `pytest --update-golden` writes them anew."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent / "golden"


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="Write the golden files anew; read the diff."
    )


@pytest.fixture
def golden(request):
    """Compare a text with the golden file of that name."""

    def compare(name, text):
        path = FOLDER / name
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), (
            f"{path} differs: pytest --update-golden, then read the diff"
        )

    return compare
