"""Where the browser is, and how it is started so that it asks nothing of anyone."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
REMEDY = (
    "The tests need a browser. Run tests/bring_chromium.sh, or install one "
    "(Debian, Ubuntu: apt-get install chromium), or name one in CLOSEOUT_CHROMIUM. Then try again."
)


class NoBrowser(Exception):
    """There is none; the sentence says what to do."""


def found(own=""):
    """The path of the one named in CLOSEOUT_CHROMIUM, else of the system's, else `own`, Playwright's."""
    if named := os.environ.get("CLOSEOUT_CHROMIUM"):
        return named
    if path := next(filter(None, map(shutil.which, NAMES)), None):
        return path
    if own and Path(own).exists():
        return own
    raise NoBrowser(REMEDY)


@contextmanager
def launched():
    """A browser for as long as the `with` lasts."""
    with sync_playwright() as playwright:
        path = found(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def main():
    """For tests/bring_chromium.sh: exit 0 when there is a browser that starts."""
    with launched() as browser:
        print(f"Chromium {browser.version}")


if __name__ == "__main__":
    main()
