"""A channel of five thousand messages: only what is seen is drawn, and it scrolls without stutter."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.channels import Message
from bot.sandbox.running import Running

MANY = 5_000
FRAME = 16.7  # milliseconds; work that takes longer makes a frame late
FIRST, LAST = "number 0.", f"number {MANY - 1}."
WAYS = (-1_000, FIRST), (1_000, LAST)  # pixels a frame: faster than anybody reads
SCROLLS = """([list, step, until]) => new Promise((done) => {
  const seen = {frames: 0, most: 0};
  const next = () => {
    seen.frames += 1;
    seen.most = Math.max(seen.most, list.querySelectorAll("*").length);
    if (list.textContent.includes(until)) return done(seen);
    list.scrollTop += step;
    requestAnimationFrame(next);
  };
  next();
})"""


@pytest.fixture(scope="module")
def talkative():
    """A workspace without a bot in whose #random people never stopped."""
    practice = Running()
    random = practice.workspace.channel("random")
    for number in range(MANY):
        words = f"This is message number {number}." + " It is a little longer." * (number % 7)
        user = ("U0ADA", "U0BEN", "U0CHEN")[number // 3 % 3]
        random.add(Message(practice.workspace.stamp(), user, words))
    with practice:
        yield practice


def test_only_what_is_seen_is_drawn(talkative, browser, open_context):
    context, _ = open_context({int(talkative.url.rpartition(":")[2])})
    page = context.new_page()
    page.goto(f"{talkative.url}/#/ada/C0RANDOM")
    expect(page.get_by_text(LAST)).to_be_in_viewport()
    line = context.new_cdp_session(page)
    line.send("Performance.enable", {"timeDomain": "threadTicks"})
    scroller = page.get_by_role("region", name="Messages in random").element_handle()
    for step, until in WAYS:
        before = worked(line)
        seen = page.evaluate(SCROLLS, [scroller, step, until])
        assert seen["most"] < 1_000, f"{seen['most']} nodes"
        a_frame = (worked(line) - before) / seen["frames"]
        assert a_frame < FRAME, f"{a_frame:.1f} ms of work for each of {seen['frames']} frames"


def worked(line):
    """Milliseconds that the page has had of the processor: the same however busy the machine is."""
    found = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    return found["TaskDuration"] * 1000
