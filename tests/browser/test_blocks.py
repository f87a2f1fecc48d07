"""Slack's words and blocks as the practice page draws them."""

import pytest
from playwright.sync_api import expect

from bot.sandbox.pages import HEADERS
from bot.sandbox.running import Running
from tests.browser.samples import (
    CONTEXT,
    actions,
    ask,
    button,
    everything,
    golden_cards,
    golden_views,
    menu,
    mrkdwn,
    option,
    plain,
    section,
    with_ids,
)
from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.world import wait_for

pytestmark = pytest.mark.slow

SHEET = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Blocks</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/page/style.css"><link rel="stylesheet" href="/page/blocks.css">
</head><body><main id="sheet"></main></body></html>"""
# `acted` has what was sent; `answer` is what comes back, after a moment.
DRAW = """async (lists) => {
  const {blocks} = await import("/page/blocks.js");
  window.acted = []; window.asked = []; window.answer = {};
  const act = async (action) => {
    acted.push(action);
    await new Promise((done) => setTimeout(done, 30));
    if (answer instanceof Error) throw answer;
    return answer;
  };
  act.suggest = async (wanted) => { asked.push(wanted.value); return {options: window.offered}; };
  document.body.style.cssText = "overflow: auto; display: block; height: auto";
  for (const list of lists) document.querySelector("#sheet").append(blocks(list, window.ctx, act));
}"""
HOSTILE = "<img src=x onerror=window.hit=1><script>window.hit=1</script>\"'`{{7*7}} javascript:window.hit=1"


@pytest.fixture(scope="module")
def sandbox():
    with Running() as running:
        yield running


@pytest.fixture
def sheet(sandbox, open_context):
    """An empty page under the practice page's own rules, with a context for renderers."""
    port = int(sandbox.url.rsplit(":", 1)[1])

    def opened(**how):
        context, guard = open_context({port}, **how)
        page = context.new_page()
        page.guard = guard
        answer = {"body": SHEET, "headers": HEADERS | {"Content-Type": "text/html"}}
        page.route("**/sheet", lambda route: route.fulfill(**answer))
        page.goto(f"{sandbox.url}/sheet")
        page.evaluate(f"window.ctx = ({CONTEXT})()")
        return page

    return opened


@pytest.fixture
def draw(sheet):
    def drawn(*blocks, **how):
        page = sheet(**how)
        page.evaluate(DRAW, [with_ids(blocks)])
        return page

    return drawn


def sent(page, count=1):
    wait_for(lambda: page.evaluate("acted.length") >= count, what=f"{count} to be sent")
    return page.evaluate("acted")


WORDS = [
    ("*bold* _it_ ~gone~ `code`", "[bold] /it/ -gone- `code`"),
    ("*_both_* 2*3*4 snake_case_word", "[/both/] 2*3*4 snake_case_word"),
    ("* no * ** a* b*c", "* no * ** a* b*c"),
    ("*one\ntwo*", "*one\ntwo*"),
    ("`*not bold* <@U0BEN>`", "`*not bold* @Ben Okafor`"),
    ("*a `*` b*", "[a `*` b]"),
    ("&lt;b&gt; &amp;amp; &nbsp;", "<b> &amp; &nbsp;"),
    ("<https://a.example/?x=1&amp;y=2|go>", "(go https://a.example/?x=1&y=2)"),
    ("<https://a.example>.", "(https://a.example https://a.example/)."),
    (
        "see https://a.example/b_c_d. (https://b.example)",
        "see (https://a.example/b_c_d https://a.example/b_c_d). ((https://b.example https://b.example/))",
    ),
    ("<mailto:ada@example.com|mail>", "(mail mailto:ada@example.com)"),
    ("<javascript:alert(1)|go> <data:text/html,x|it>", "go it"),
    ("<@U0BEN> <@U1|old> <#C7> <#C1|lost> <#C2>", "@Ben Okafor @old (#inc-7 #) #lost private channel"),
    ("<!here> <!channel> <!everyone> <!subteam^S0PAYMENTS>", "@here @channel @everyone @payments"),
    ("<!subteam^S1|@others> <!what>", "@others <what>"),
    (":pushpin: :no_such: :wave::skin-tone-3: 10:30:15", "📌 :no_such: 👋🏼 10:30:15"),
    ("> one\n&gt; two\nthree", "{one\ntwo}three"),
    (">>> one\ntwo", "{one\ntwo}"),
    ("a\n```\n  *x*\n<https://a.example|y>```\nb", "a«  *x*\ny»b"),
    ("``` ", "``` "),
    ("<unfinished *b", "<unfinished *b"),
]
READ = """async (said) => {
  const {mrkdwn} = await import("/page/mrkdwn.js");
  const around = {STRONG: "[]", EM: "//", S: "--", CODE: "``", BLOCKQUOTE: "{}", PRE: "«»"};
  const read = (node) => {
    if (!node.tagName) return node.textContent;
    const inside = [...node.childNodes].map(read).join("");
    if (node.tagName === "A") return `(${inside} ${node.href.replace(/^http:\\/\\/127.*#.*/, "#")})`;
    if (node.tagName === "CODE" && node.parentNode.tagName === "PRE") return inside;
    const [left, right] = around[node.tagName] ?? ["", ""];
    return left + inside + right;
  };
  return [...mrkdwn(said, window.ctx).childNodes].map(read).join("");
}"""


def read(page, said):
    return page.evaluate(READ, said)


def test_words_are_marked_up_as_slack_does(sheet):
    page = sheet()
    assert [(said, read(page, said)) for said, _ in WORDS] == WORDS


TOKENS = {
    "{date_num}": "2026-03-02",
    "{date_slash}": "02/03/2026",
    "{date}": "March 2nd, 2026",
    "{date_short}": "Mar 2, 2026",
    "{date_long}": "Monday, March 2nd, 2026",
    "{date_long_full}": "March 2, 2026",
    "{date_pretty}": "Today",
    "at {date_short_pretty}": "at today",
    "{date_long_pretty}": "Today",
    "{day_divider_pretty}": "Today",
    "{time}": "12:00",
    "{time_secs}": "12:00:00",
    "{ago}": "20 minutes ago",
    "{nothing}": "{nothing}",
}


def test_every_date_token(sheet):
    page = sheet()
    shown = {token: read(page, f"<!date^1772452800^{token}|fallback>") for token in TOKENS}
    assert shown == TOKENS


def test_dates_are_in_the_readers_zone_and_say_the_whole_moment(sheet):
    page = sheet()
    page.evaluate("window.ctx = {...ctx, me: {...ctx.me, tz: 'Asia/Tokyo'}}")
    assert read(page, "<!date^1772452800^{date_num} {time}|x>") == "2026-03-02 21:00"
    assert read(page, "<!date^1772467200^{date_short_pretty} {time}|x>") == "Tomorrow 01:00"
    assert read(page, "<!date^never^{date}|some day>") == "some day"
    assert read(page, "<!date^1772452800^{time}^https://a.example|x>") == "(21:00 https://a.example/)"
    page.evaluate(DRAW, [with_ids([section("<!date^1772452800^{ago}|x>")])])
    expect(page.locator("time")).to_have_attribute("title", "Monday, March 2nd, 2026 at 21:00 (Asia/Tokyo)")


def test_how_long_ago_moves_on(draw):
    page = draw(section("<!date^1772452800^{ago}|x>"))
    page.evaluate("ctx.now = () => new Date(1772460000 * 1000)")
    page.evaluate("import('/page/mrkdwn.js').then((words) => words.refreshDates())")
    expect(page.get_by_text("2 hours ago")).to_be_visible()


def test_a_moment_in_a_zone_survives_the_change_of_clocks(sheet):
    round_trip = """async () => {
      const {toLocal, fromLocal} = await import("/page/dates.js");
      const moments = [1772452800, 1774746000, 1774747800, 1792899960];
      return moments.map((at) => fromLocal(toLocal(at, "Europe/London"), "Europe/London") - at);
    }"""
    assert sheet().evaluate(round_trip) == [0, 0, 0, 0]


def test_cards_and_views_of_ours_have_no_barriers(sheet):
    page = sheet()
    page.evaluate(DRAW, golden_cards() + golden_views())
    expect(page.get_by_text("Checkout is down").first).to_be_visible()
    assert not page.get_by_text("not shown here").count()
    has_no_barriers(page)


def test_every_kind_of_block_has_no_barriers_and_fits_a_phone(sheet):
    page = sheet(viewport=PHONE)
    page.evaluate(DRAW, [everything("Words enough to be read")])
    has_no_barriers(page)
    assert fits(page)


def test_scripts_are_shown_and_never_run(sheet):
    page = sheet()
    page.evaluate(DRAW, [everything(HOSTILE)])
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem")).to_be_visible()
    assert page.locator("#sheet img, #sheet script").count() == 0
    assert page.locator("a[href^='javascript:' i]").count() == 0
    assert page.evaluate("window.hit") is None
    assert page.get_by_text("<script>window.hit=1</script>").count() > 30


def test_a_button_sends_once_while_it_works(draw):
    page = draw(actions(button("Resolve", "resolve", value="INC-7"), block_id="do"))
    page.get_by_role("button", name="Resolve").dblclick()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    assert sent(page) == [{"block_id": "do", "action_id": "resolve", "type": "button", "value": "INC-7"}]


def test_what_did_not_work_says_so(draw):
    page = draw(actions(button("Resolve", "resolve")))
    page.evaluate("answer = {error: 'operation_timeout'}")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_contain_text("Closeout did not answer within 3 seconds.")
    page.evaluate("answer = new Error('#inc-7 is archived.')")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_contain_text("#inc-7 is archived.")
    page.evaluate("answer = {}")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_question_comes_first_where_the_app_wants_one(draw):
    confirm = {"title": plain("Sure?"), "text": mrkdwn("It *ends*."), "confirm": plain("Do it")}
    page = draw(actions(button("Close", "close", confirm=confirm | {"deny": plain("Stop")})))
    for leave in (lambda: page.keyboard.press("Escape"), lambda: page.get_by_text("Stop").click()):
        page.get_by_role("button", name="Close").click()
        expect(page.get_by_role("alertdialog", name="Sure?")).to_be_visible()
        has_no_barriers(page, schemes=("light",))
        leave()
        expect(page.get_by_role("alertdialog")).to_have_count(0)
    assert page.evaluate("acted") == []
    page.get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Do it").click()
    assert sent(page)[0]["action_id"] == "close"


def test_a_menu_is_used_by_keyboard_alone(draw):
    page = draw(actions(menu("static_select", "m", "SEV1 Critical", "SEV2 Major", "SEV3 Minor")))
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(3)
    has_no_barriers(page, schemes=("light",))
    page.keyboard.type("mi")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_role("combobox")).to_have_value("SEV3 Minor")
    assert sent(page)[0]["selected"] == option("SEV3 Minor")


def test_escape_leaves_a_menu_as_it_was(draw):
    page = draw(actions(menu("users_select", "m")))
    page.get_by_role("combobox").fill("ben")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(page.get_by_role("combobox")).to_have_value("")
    assert page.evaluate("acted") == []


def test_many_are_chosen_taken_away_and_limited(draw):
    page = draw(actions(menu("multi_static_select", "m", "Red", "Green", "Blue", max_selected_items=2)))
    for name in ("Red", "Blue"):
        page.get_by_role("combobox").fill(name)
        page.get_by_role("option", name=name).click()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.get_by_text("You can choose 2 at most.")).to_be_visible()
    expect(page.get_by_role("option", name="Green")).to_be_disabled()
    page.get_by_role("button", name="Remove Red").click()
    assert sent(page, 3)[2]["selected"] == [option("Blue")]
    page.keyboard.press("Backspace")
    expect(page.get_by_role("listitem")).to_have_count(0)


def test_options_are_looked_up_when_the_typing_rests(draw):
    page = draw(actions(menu("external_select", "m", min_query_length=2)))
    page.evaluate("(found) => { window.offered = found; }", [option("INC-7"), option("INC-71")])
    page.get_by_role("combobox").press_sequentially("I")
    expect(page.get_by_text("Type at least 2 letters.")).to_be_visible()
    page.get_by_role("combobox").press_sequentially("NC-7")
    page.get_by_role("option", name="INC-71").click()
    assert page.evaluate("asked") == ["INC-7"]
    assert sent(page)[0]["selected"] == option("INC-71")


def test_dates_times_and_moments_are_sent_as_slack_holds_them(draw):
    page = draw(
        actions(
            {"type": "datepicker", "action_id": "d"},
            {"type": "timepicker", "action_id": "t"},
            {"type": "datetimepicker", "action_id": "m"},
        )
    )
    for label, value in {"Date": "2026-07-01", "Time": "09:30", "Date and time": "2026-07-01T12:00"}.items():
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).blur()
    assert [one["selected"] for one in sent(page, 3)] == ["2026-07-01", "09:30", 1782903600]


def test_ticks_and_choices_are_sent_and_taken_back(draw):
    no = {"title": plain("Sure?"), "text": plain("It ends."), "confirm": plain("Yes"), "deny": plain("No")}
    page = draw(
        actions(
            {"type": "checkboxes", "action_id": "c", "options": [option("One"), option("Two")]},
            {"type": "radio_buttons", "action_id": "r", "options": [option("A"), option("B")], "confirm": no},
        )
    )
    page.get_by_label("One", exact=True).check()
    assert sent(page)[0]["selected"] == [option("One")]
    page.get_by_label("B", exact=True).check()
    page.get_by_role("button", name="No").click()
    expect(page.get_by_label("B", exact=True)).not_to_be_checked()
    assert len(page.evaluate("acted")) == 1


def test_fields_go_along_with_a_button(draw):
    page = draw(ask("Note", "note"), actions(button("Keep", "keep")))
    page.get_by_label("Note").fill("seen")
    page.get_by_role("button", name="Keep").click()
    assert sent(page)[0]["state"] == {"note": {"it": "seen"}}


def test_an_overflow_menu_opens_moves_and_sends(draw):
    page = draw(
        section(
            "More",
            accessory={"type": "overflow", "action_id": "o", "options": [option("Edit"), option("Drop")]},
        )
    )
    page.get_by_role("button", name="More actions").press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Drop")).to_be_focused()
    page.keyboard.press("Enter")
    assert sent(page)[0]["selected"] == option("Drop")
    expect(page.get_by_role("menuitem")).to_have_count(0)


def test_a_channel_in_the_words_leads_there(draw):
    page = draw(section("See <#C7>"))
    page.get_by_role("link", name="#inc-7").click()
    assert page.evaluate("went") == "C7"
