"""Forms on the practice page, as an app of Slack's puts them before a person."""

import pytest
from playwright.sync_api import expect
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.sandbox.running import Running, Served
from tests.browser.samples import actions, ask, button, menu, option, plain, section, view
from tests.browser.screen import PHONE, fits, has_no_barriers
from tests.world import wait_for

pytestmark = pytest.mark.slow

NAME = {"max_length": 5}


class Desk:
    """A small app of Slack's. `/incident` opens `view`; `answers` says what a submission is answered with."""

    def __init__(self, sandbox):
        self.client = AsyncWebClient("xoxb-sandbox", base_url=sandbox.api_url)
        self.app = AsyncApp(client=self.client, signing_secret="sandbox-signing-secret")
        self.app.command("/incident")(self._open)
        self.app.view({"type": "view_submission", "callback_id": "form"})(self._sent)
        self.app.view_closed("form")(self._closed)
        self.app.action("press")(self._pressed)
        self.app.options("it")(self._options)
        self.door = AsyncSlackRequestHandler(self.app).handle
        self.reset()

    def reset(self):
        self.view, self.answer, self.after_press, self.heard, self.asked = None, {}, None, [], []

    async def _open(self, ack, command):
        await ack()
        await self.client.views_open(trigger_id=command["trigger_id"], view=self.view)

    async def _sent(self, ack, body):
        self.heard.append(body["view"]["state"]["values"])
        if self.answer is not None:
            await ack(**self.answer)

    async def _closed(self, ack, body):
        self.heard.append({"cleared": body["is_cleared"]})
        await ack()

    async def _pressed(self, ack, body):
        await ack()
        self.heard.append(body["view"]["state"]["values"])
        await self.client.views_update(view_id=body["view"]["id"], view=self.after_press)

    async def _options(self, ack, payload):
        self.asked.append(payload["value"])
        await ack(options=[option(f"{payload['value']}-1")])


@pytest.fixture(scope="module")
def sandbox():
    with Running() as running:
        yield running


@pytest.fixture(scope="module")
def served(sandbox):
    desk = Desk(sandbox)
    with Served(Starlette(routes=[Route("/slack/events", desk.door, methods=["POST"])])) as running:
        sandbox.guest.connect(f"{running.url}/slack/events")
        yield desk


@pytest.fixture
def desk(served, sandbox):
    served.reset()
    yield served
    sandbox.guest.conditions(timing={"ack": 3.0})
    while sandbox.guest.person("ada").views():
        sandbox.guest.person("ada").closes(all_views=True)


@pytest.fixture
def show(desk, sandbox, open_context):
    """Opens a view before Ada, in a window on the practice page."""

    def shown(*blocks, more=None, **how):
        desk.view = view(*blocks, **(more or {}))
        context, guard = open_context({int(sandbox.url.rsplit(":", 1)[1])}, **how)
        page = context.new_page()
        page.guard = guard
        page.goto(f"{sandbox.url}/#/ada/C0INCIDENTS")
        expect(page.get_by_role("textbox", name="Message #incidents")).to_be_visible()
        sandbox.guest.person("ada").says("/incident", in_="incidents")
        expect(form(page)).to_be_visible()
        return page

    return shown


def form(page):
    return page.get_by_role("dialog")


def send(page):
    form(page).get_by_role("button", name="Send").click()


def heard(desk, count=1):
    wait_for(lambda: len(desk.heard) >= count, what="the app to hear of it")
    return desk.heard[count - 1]


def test_the_first_field_has_the_focus_and_nothing_bars_the_way(show):
    page = show(ask("Name", "name"), ask("Why", "why", multiline=True))
    expect(form(page).get_by_label("Name")).to_be_focused()
    has_no_barriers(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('dialog') !== null")


def test_a_field_may_ask_for_the_focus(show):
    page = show(ask("Name", "name"), ask("Why", "why", focus_on_load=True))
    expect(form(page).get_by_label("Why")).to_be_focused()


def test_a_form_fits_a_phone(show):
    page = show(ask("Name", "name"), ask("Who", "who", "users_select"), viewport=PHONE)
    expect(form(page)).to_be_visible()
    assert fits(page)
    has_no_barriers(page, schemes=("dark",))


def test_slack_itself_refuses_beside_each_field(show, desk):
    page = show(
        ask("Name", "name", **NAME),
        ask("Count", "count", "number_input", is_decimal_allowed=False, max_value="9"),
        ask("Day", "day", "datepicker"),
    )
    form(page).get_by_label("Name").fill("too long")
    form(page).get_by_label("Count").fill("11")
    send(page)
    expect(form(page).get_by_label("Name")).to_have_accessible_description(
        "Please enter no more than 5 characters."
    )
    expect(form(page).get_by_label("Count")).to_have_accessible_description(
        "Please enter a number of at most 9."
    )
    expect(form(page).get_by_label("Day")).to_have_accessible_description(
        "Please complete this required field."
    )
    expect(form(page).get_by_label("Name")).to_be_focused()
    has_no_barriers(page, schemes=("light",))
    form(page).get_by_label("Name").fill("short")
    expect(form(page).get_by_label("Name")).not_to_have_attribute("aria-invalid", "true")
    assert desk.heard == []


def test_what_the_app_refuses_keeps_what_was_typed(show, desk):
    page = show(ask("Name", "name"), ask("Why", "why"))
    desk.answer = {"response_action": "errors", "errors": {"why": "Say more."}}
    form(page).get_by_label("Name").fill("one")
    form(page).get_by_label("Why").fill("two")
    send(page)
    expect(form(page).get_by_label("Why")).to_have_accessible_description("Say more.")
    expect(form(page).get_by_label("Why")).to_be_focused()
    expect(form(page).get_by_label("Name")).to_have_value("one")
    desk.answer = {}
    page.keyboard.press("Control+Enter")
    expect(form(page)).to_have_count(0)
    assert heard(desk, 2)["why"]["it"]["value"] == "two"


def test_every_kind_of_field_arrives_as_slack_sends_it(show, desk):
    page = show(
        ask("Name", "name"),
        ask("One", "one", "static_select", options=[option("Red"), option("Blue")]),
        ask("Some", "some", "multi_static_select", options=[option("Sun"), option("Rain")]),
        ask("Who", "who", "users_select"),
        ask("Where", "where", "conversations_select"),
        ask("Ticks", "ticks", "checkboxes", options=[option("A"), option("B")]),
        ask("Pick", "pick", "radio_buttons", options=[option("C"), option("D")]),
        ask("Day", "day", "datepicker"),
        ask("Moment", "moment", "datetimepicker"),
        ask("Look", "look", "external_select", min_query_length=1),
    )
    fields = form(page)
    fields.get_by_label("Name").fill("Ünï <b>")
    for label, name in {"One": "Blue", "Some": "Rain", "Who": "Ben Okafor", "Where": "#random"}.items():
        fields.get_by_role("combobox", name=label).fill(name)
        page.get_by_role("option", name=name).click()
    fields.get_by_label("A", exact=True).check()
    fields.get_by_label("D", exact=True).check()
    fields.get_by_label("Day").fill("2026-03-02")
    fields.get_by_label("Moment").fill("2026-07-01T13:00")
    fields.get_by_role("combobox", name="Look").fill("INC")
    page.get_by_role("option", name="INC-1").click()
    send(page)
    state = {block: fields["it"] for block, fields in heard(desk).items()}
    assert state["name"]["value"] == "Ünï <b>"
    assert state["one"]["selected_option"]["value"] == "blue"
    assert [one["value"] for one in state["some"]["selected_options"]] == ["rain"]
    assert state["who"]["selected_user"] == "U0BEN"
    assert state["where"]["selected_conversation"] == "C0RANDOM"
    assert [one["value"] for one in state["ticks"]["selected_options"]] == ["a"]
    assert state["pick"]["selected_option"]["value"] == "d"
    assert state["day"]["selected_date"] == "2026-03-02"
    assert state["moment"]["selected_date_time"] == 1782907200
    assert state["look"]["selected_option"]["value"] == "inc-1"


def test_an_update_while_one_types_loses_nothing(show, desk):
    page = show(ask("Name", "name"), actions(button("Add a field", "press")))
    desk.after_press = view(
        section("Look here"),
        ask("Name", "name", initial_value="other"),
        ask("More", "more", initial_value="new"),
    )
    form(page).get_by_label("Name").fill("mine")
    form(page).get_by_role("button", name="Add a field").click()
    expect(form(page).get_by_text("Look here")).to_be_visible()
    expect(form(page).get_by_label("Name")).to_have_value("mine")
    expect(form(page).get_by_label("More")).to_have_value("new")
    assert heard(desk)["name"]["it"]["value"] == "mine"


def test_the_focus_stays_where_one_types_when_the_app_changes_the_form(show, desk, sandbox):
    page = show(ask("Name", "name"), ask("Why", "why"), actions(button("Later", "press")))
    desk.after_press = view(section("Changed"), ask("Name", "name"), ask("Why", "why"))
    form(page).get_by_label("Why").press_sequentially("bec")
    sandbox.guest.person("ada").clicks(action="press")
    expect(form(page).get_by_text("Changed")).to_be_visible()
    page.keyboard.type("ause")
    expect(form(page).get_by_label("Why")).to_have_value("because")


def test_a_form_on_top_and_back(show, desk):
    page = show(ask("Name", "name"))
    on_top = view(ask("Second", "second"), title=plain("On top"), notify_on_close=True)
    desk.answer = {"response_action": "push", "view": on_top}
    form(page).get_by_label("Name").fill("kept")
    send(page)
    expect(form(page).get_by_role("heading", name="On top")).to_be_visible()
    form(page).get_by_role("button", name="Back").click()
    expect(form(page).get_by_label("Name")).to_have_value("kept")
    assert heard(desk, 2) == {"cleared": False}


def test_all_forms_go_at_once_with_the_cross(show, desk):
    page = show(ask("Name", "name"))
    desk.answer = {"response_action": "push", "view": view(ask("Second", "second"), title=plain("On top"))}
    form(page).get_by_label("Name").fill("x")
    send(page)
    expect(form(page).get_by_role("heading", name="On top")).to_be_visible()
    form(page).get_by_role("button", name="Close", exact=True).click()
    expect(form(page)).to_have_count(0)


@pytest.mark.parametrize("answer", ["update", "clear"])
def test_what_follows_a_submission(show, desk, answer):
    page = show(ask("Name", "name"))
    desk.answer = {"response_action": answer}
    if answer == "update":
        desk.answer["view"] = {"type": "modal", "title": plain("Done"), "blocks": [section("#inc-7 is open")]}
    form(page).get_by_label("Name").fill("x")
    page.keyboard.press("Enter")
    if answer == "clear":
        expect(form(page)).to_have_count(0)
        return
    expect(form(page).get_by_text("#inc-7 is open")).to_be_visible()
    form(page).get_by_role("button", name="Close").last.click()
    expect(form(page)).to_have_count(0)


def test_a_link_to_a_channel_leads_there(show, desk):
    page = show(ask("Name", "name"))
    done = {"type": "modal", "title": plain("Done"), "blocks": [section("See <#C0RANDOM>")]}
    desk.answer = {"response_action": "update", "view": done}
    form(page).get_by_label("Name").fill("x")
    send(page)
    form(page).get_by_role("link", name="#random").click()
    expect(form(page)).to_have_count(0)
    expect(page.get_by_role("heading", level=1, name="random")).to_be_visible()


def test_escape_closes_a_form_but_first_its_menu(show, desk):
    page = show(ask("One", "one", "static_select", options=[option("Red")]), more={"notify_on_close": True})
    form(page).get_by_role("combobox", name="One").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(form(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(form(page)).to_have_count(0)
    assert heard(desk) == {"cleared": False}


def test_no_answer_is_said_as_slack_says_it(show, desk, sandbox):
    page = show(ask("Name", "name"))
    sandbox.guest.conditions(timing={"ack": 0.2})
    desk.answer = None
    form(page).get_by_label("Name").fill("kept")
    send(page)
    expect(form(page).get_by_role("alert")).to_contain_text("We had some trouble connecting. Try again?")
    expect(form(page).get_by_label("Name")).to_have_value("kept")


def test_options_of_the_app_are_asked_for_once(show, desk):
    page = show(ask("Look", "look", "external_select", min_query_length=1))
    form(page).get_by_role("combobox", name="Look").press_sequentially("INC")
    expect(page.get_by_role("option", name="INC-1")).to_be_visible()
    assert desk.asked == ["INC"]


def test_two_windows_show_the_same_form_and_close_together(show, desk, sandbox, open_context):
    page = show(ask("Name", "name"))
    context, _ = open_context({int(sandbox.url.rsplit(":", 1)[1])})
    other = context.new_page()
    other.goto(f"{sandbox.url}/#/ada/C0INCIDENTS")
    expect(form(other)).to_be_visible()
    form(page).get_by_label("Name").fill("x")
    send(page)
    expect(form(page)).to_have_count(0)
    expect(form(other)).to_have_count(0)


def test_the_home_of_the_app_is_drawn_and_clicked(desk, sandbox, open_context):
    blocks = [section("Nothing owed"), actions(button("Declare", "press"), menu("users_select", "who"))]
    client = WebClient("xoxb-sandbox", base_url=sandbox.api_url)
    client.views_publish(user_id="U0ADA", view={"type": "home", "blocks": blocks})
    desk.after_press = {"type": "home", "blocks": [section("It is declared")]}
    context, _ = open_context({int(sandbox.url.rsplit(":", 1)[1])})
    page = context.new_page()
    page.goto(f"{sandbox.url}/#/ada/home")
    expect(page.get_by_text("Nothing owed")).to_be_visible()
    has_no_barriers(page)
    page.get_by_role("button", name="Declare").click()
    expect(page.get_by_text("It is declared")).to_be_visible()
