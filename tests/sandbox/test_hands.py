"""What people can do to the bot's screens, and what its answers do to them."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.client import NotPossibleHere, wait_for

ROOM = "C0INCIDENTS"


def text(words):
    return {"type": "plain_text", "text": words}


def option(words):
    return {"text": text(words), "value": words.lower()}


def form(title="Form", callback_id="form", **more):
    label = {"type": "input", "block_id": "why", "label": text("Why so"), "optional": True}
    element = {"type": "plain_text_input", "action_id": "typed"}
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": text(title),
        "submit": text("Send"),
        "blocks": [label | {"element": element}],
    } | more


@pytest.fixture
def opens(bolt):
    """Lets /incident open a view; what submitting it is answered with is the test's."""

    def register(view, /, **answer):
        @bolt.command("/incident")
        async def incident(ack, client, command):
            await client.views_open(trigger_id=command["trigger_id"], view=view)
            await ack()

        @bolt.view("form")
        async def sent(ack):
            await ack(**answer)

    return register


def test_a_required_field_is_refused_before_the_bot_hears(opens, guest, ada):
    view = form()
    view["blocks"][0]["optional"] = False
    opens(view)
    ada.says("/incident")

    answer = ada.submits()

    assert answer.errors == {"why": "Please complete this required field."}
    assert guest.calls("view_submission") == []


def test_a_form_can_be_replaced_by_another(opens, ada):
    opens(form(), response_action="update", view=form("Second"))
    ada.says("/incident")

    ada.submits(Why_so="because")

    assert [view["title"]["text"] for view in ada.views()] == ["Second"]
    assert ada.view["state"]["values"]["why"]["typed"]["value"] == "because"


def test_a_form_can_be_put_on_top_and_all_can_be_cleared(opens, ada):
    opens(form(), response_action="push", view=form("On top", "other"))
    ada.says("/incident")
    first = ada.view["id"]

    ada.submits()

    assert [view["title"]["text"] for view in ada.views()] == ["Form", "On top"]
    assert (ada.view["previous_view_id"], ada.view["root_view_id"]) == (first, first)
    ada.closes(all_views=True)
    assert ada.views() == []


def test_a_bad_answer_to_a_form_is_named(opens, ada):
    opens(form(), response_action="errors", errors={"nowhere": "x"})
    ada.says("/incident")

    answer = ada.submits()

    assert "nowhere is no block_id of an input block" in answer.error
    assert ada.view


def test_closing_is_told_to_a_bot_that_asked(bolt, opens, ada):
    closed = []
    opens(form(notify_on_close=True))

    @bolt.view_closed("form")
    async def gone(ack, body):
        closed.append(body["is_cleared"])
        await ack()

    ada.says("/incident")
    assert ada.closes().status == 200
    assert closed == [False]


def test_a_field_that_is_not_there_names_those_that_are(opens, ada):
    opens(form())
    ada.says("/incident")

    with pytest.raises(NotPossibleHere, match="It has: Why so"):
        ada.submits(Wherefore="x")


def test_a_trigger_is_good_once_and_for_three_seconds(bolt, guest, ada):
    errors = []

    @bolt.command("/incident")
    async def incident(ack, client, command):
        await ack()
        if command["text"] == "late":
            guest.advances(4)
        for _ in range(2):
            try:
                await client.views_open(trigger_id=command["trigger_id"], view=form())
            except SlackApiError as problem:
                errors.append(problem.response["error"])

    ada.says("/incident now")
    wait_for(lambda: errors == ["exchanged_trigger_id"])
    ada.says("/incident late")
    wait_for(lambda: errors[1:] == ["expired_trigger_id"] * 2)


def test_a_response_url_is_good_five_times_and_half_an_hour(bolt, guest, ada):
    urls = []

    @bolt.command("/incident")
    async def incident(ack, command):
        urls.append(command["response_url"])
        await ack()

    ada.says("/incident")
    ada.says("/incident")
    with httpx.Client(verify=False) as bot:
        posts = [bot.post(urls[0], json={"text": str(n)}) for n in range(6)]
        guest.advances(1801)
        late = bot.post(urls[1], json={"text": "late"})

    assert [post.status_code for post in posts] == [200] * 5 + [404]
    assert (posts[-1].text, late.text) == ("used_url", "expired_url")
    assert [one["text"] for one in ada.sees("general")] == ["0", "1", "2", "3", "4"]


def test_a_menu_and_an_overflow_send_what_was_chosen(bolt, guest, ada):
    menu = {"type": "static_select", "action_id": "menu", "options": [option("Red"), option("Blue")]}
    more = {"type": "overflow", "action_id": "more", "options": [option("Edit"), option("Delete")]}
    chosen = []

    @bolt.command("/incident")
    async def incident(ack, say):
        await ack({"text": "x", "blocks": [{"type": "actions", "elements": [menu, more]}]})

    @bolt.action({"action_id": "menu"})
    @bolt.action("more")
    async def clicked(ack, action, body):
        chosen.append((action["selected_option"]["value"], "message" in body))
        await ack()

    ada.says("/incident")
    ada.chooses("Blue", from_="menu")
    ada.clicks("Delete")

    assert chosen == [("blue", False), ("delete", False)]


def test_an_ephemeral_button_is_there_for_one_person(bolt, guest, ada):
    button = {"type": "button", "action_id": "yes", "text": text("Yes"), "value": "7"}

    @bolt.command("/incident")
    async def incident(ack):
        await ack({"text": "Sure?", "blocks": [{"type": "actions", "elements": [button]}]})

    @bolt.action("yes")
    async def yes(ack, respond):
        await ack()
        await respond(delete_original=True)

    ada.says("/incident")
    with pytest.raises(NotPossibleHere, match="Ben sees no 'Yes'"):
        guest.person("ben").clicks("Yes")
    ada.clicks("Yes")
    wait_for(lambda: ada.sees("general") == [])


def test_a_shortcut_on_a_message_carries_the_message(bolt, guest, ada):
    carried = []

    @bolt.shortcut("add_to_timeline")
    async def add(ack, shortcut):
        carried.append((shortcut["message"]["text"], shortcut["channel"]["name"]))
        await ack()

    ts = ada.says("it was DNS", in_="incidents").ts
    ada.uses("add_to_timeline", on=ts, in_="incidents")

    assert carried == [("it was DNS", "incidents")]


def test_mentions_in_a_command_carry_id_and_name(bolt, ada):
    @bolt.command("/incident")
    async def incident(ack, command):
        await ack({"text": command["text"].replace("<", "(")})

    assert ada.says("/incident lead @ben in #general").text == "lead (@U0BEN|ben> in (#C0GENERAL|general>"


def test_a_transcript_reads_as_people_do(guest, ada, sandbox):
    blocks = [
        {"type": "header", "text": text("INC-1")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "<@U0BEN> leads &lt;now&gt;"}},
        {"type": "actions", "elements": [{"type": "button", "action_id": "a", "text": text("Resolve")}]},
    ]
    with httpx.Client(base_url=sandbox.api_url, verify=False) as bot:
        auth = {"Authorization": "Bearer xoxb-sandbox"}
        card = bot.post(
            "chat.postMessage", json={"channel": ROOM, "text": "x", "blocks": blocks}, headers=auth
        )
    ada.says("looking & waiting", in_="incidents", thread=card.json()["ts"])

    assert ada.reads("incidents") == (
        "Closeout: INC-1\n    @Ben Okafor leads <now>\n    [Resolve]\n    Ada Lovelace: looking & waiting"
    )


def test_watchers_are_told_of_every_change(sandbox, ada):
    with httpx.stream("GET", f"{sandbox.url}/sandbox/events", verify=False, timeout=5) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": welcome"
        ada.says("hello", in_="incidents")
        told = next(line for line in lines if line.startswith("data: "))
    assert '"text": "hello"' in told


def test_a_menu_can_get_its_options_from_the_bot(bolt, ada):
    menu = {"type": "external_select", "action_id": "which", "min_query_length": 1}
    view = form()
    view["blocks"].append({"type": "input", "block_id": "pick", "label": text("Which"), "element": menu})
    sent = []

    @bolt.command("/incident")
    async def incident(ack, client, command):
        await client.views_open(trigger_id=command["trigger_id"], view=view)
        await ack()

    @bolt.options("which")
    async def offer(ack, payload):
        await ack(options=[option(f"{payload['value']}-1")])

    @bolt.view("form")
    async def taken(ack, view):
        sent.append(view["state"]["values"]["pick"]["which"]["selected_option"]["value"])
        await ack()

    ada.says("/incident")
    [offered] = ada.types("INC", into="which")
    ada.submits(Which=offered)

    assert sent == ["inc-1"]


def test_a_page_from_elsewhere_cannot_act(sandbox, guest):
    with httpx.Client(base_url=sandbox.url, verify=False) as browser:
        wanted = {"user": "ada", "channel": "random", "text": "hello"}
        strange = browser.post("/sandbox/message", json=wanted, headers={"origin": "https://evil.example"})
        own = browser.post("/sandbox/message", json=wanted, headers={"origin": sandbox.url})

    assert (strange.status_code, own.status_code) == (400, 200)
    assert len(guest.messages("random")) == 1
