"""Pictures of the pages: `pytest tests/browser --update-screenshots` writes docs/images anew."""


def pytest_addoption(parser):
    parser.addoption(
        "--update-screenshots", action="store_true", help="Write docs/images anew; look at each."
    )
