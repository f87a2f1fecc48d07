"""What a person sees and does in a window, and what must never be seen there."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

IMAGES = Path(__file__).parent.parent.parent / "docs" / "images"
PATIENCE = 10_000  # milliseconds for anything to show on a busy machine
DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
TELLS_ON_BREACHES = """
document.addEventListener("securitypolicyviolation", (e) =>
  console.error(`CSP: ${e.violatedDirective} refused ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""
# In the second scheme only colours can differ.
FINDINGS = """async (isSecond) => {
  const rules = isSecond ? {runOnly: ["color-contrast", "link-in-text-block"]} : {};
  const found = await axe.run(document, {resultTypes: ["violations"], preload: false, ...rules});
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact)).map((one) => ({
    rule: one.id, help: one.help, where: one.nodes.slice(0, 5).map((n) => n.target.join(" ") + "  " +
      n.any.concat(n.all).map((check) => check.message).join("; "))}));
}"""

expect.set_options(timeout=PATIENCE)


class Guard:
    """Notes what a page must not do: errors, breaches of its own rules, requests to any other host."""

    def __init__(self, context, ports):
        self.ports, self.problems, self.forgiven = ports, [], []
        context.on("console", self._hears)
        context.on("weberror", lambda error: self.problems.append(f"error in a script: {error.error}"))
        context.on("request", self._looks)
        context.on("dialog", self._closes)
        context.add_init_script(TELLS_ON_BREACHES)

    def _hears(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console {message.type}: {message.text} ({message.location['url']})")

    def _looks(self, request):
        there = urlsplit(request.url)
        if there.scheme in ("data", "blob", "about"):
            return
        if there.hostname != "127.0.0.1" or there.port not in self.ports:
            self.problems.append(f"request to another host: {request.url}")

    def _closes(self, dialog):
        self.problems.append(f"a script asked: {dialog.message}")
        dialog.dismiss()

    def forgive(self, pattern):
        """A refusal that a walk causes on purpose also stands in the console: `status of 422`."""
        self.forgiven.append(pattern)

    def check(self):
        bad = [one for one in self.problems if not any(re.search(pattern, one) for pattern in self.forgiven)]
        assert not bad, "\n".join(["The pages did what they must not do:", *bad])


def has_no_barriers(page, *, schemes=("light", "dark")):
    """No serious or critical finding of the accessibility checker, in these colour schemes."""
    page.evaluate(AXE_SCRIPT)
    for number, scheme in enumerate(schemes):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(FINDINGS, number > 0)
        assert not found, f"{page.url} ({scheme}):\n{json.dumps(found, indent=1, ensure_ascii=False)}"
    page.emulate_media(color_scheme="light", reduced_motion="reduce")


def fits(page):
    """Nothing stands out over the right edge."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def first_paint(page):
    """Milliseconds from the click on the link to the first words, as the browser itself measured."""
    return page.evaluate("""() => new Promise((done) => new PerformanceObserver((list) =>
        list.getEntriesByName("first-contentful-paint").forEach((entry) => done(entry.startTime))
    ).observe({type: "paint", buffered: true}))""")


class Album:
    """Writes the pictures that the README shows; does nothing unless pytest got --update-screenshots."""

    def __init__(self, is_open):
        self.is_open = is_open

    def keep(self, page, name, *, scheme="light"):
        if not self.is_open:
            return
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.screenshot(path=IMAGES / f"{name}.png", scale="css", animations="disabled", caret="hide")
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
