"""The real slack_bolt and slack_sdk against the sandbox, over HTTP."""

import pytest

from bot.sandbox.client import wait_for

FORM = {
    "type": "modal",
    "callback_id": "declare",
    "title": {"type": "plain_text", "text": "Declare"},
    "submit": {"type": "plain_text", "text": "Declare"},
    "blocks": [
        {
            "type": "input",
            "block_id": "title",
            "label": {"type": "plain_text", "text": "Title"},
            "element": {"type": "plain_text_input", "action_id": "typed", "max_length": 100},
        },
        {
            "type": "input",
            "block_id": "severity",
            "label": {"type": "plain_text", "text": "Severity"},
            "element": {
                "type": "static_select",
                "action_id": "chosen",
                "options": [
                    {"text": {"type": "plain_text", "text": name}, "value": name.lower()}
                    for name in ("Sev1", "Sev2")
                ],
            },
        },
    ],
}
BUTTON = {
    "type": "actions",
    "block_id": "buttons",
    "elements": [
        {
            "type": "button",
            "action_id": "card.ack",
            "text": {"type": "plain_text", "text": "Acknowledge"},
            "value": "1",
        }
    ],
}


def test_a_command_is_answered_to_its_user_alone(bolt, guest, ada):
    @bolt.command("/incident")
    async def incident(ack, command):
        await ack(f"You said {command['text']} in {command['channel_name']}.")

    answer = ada.says("/incident new sev1", in_="random")

    assert (answer.status, answer.text) == (200, "You said new sev1 in random.")
    assert ada.reads("random") == "Closeout (only Ada): You said new sev1 in random."
    assert guest.person("ben").reads("random") == ""


def test_a_form_is_opened_filled_and_closed(bolt, guest, ada):
    filled = []

    @bolt.command("/incident")
    async def incident(ack, client, command):
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=FORM)

    @bolt.view("declare")
    async def declared(ack, view):
        filled.append(view["state"]["values"])
        await ack()

    ada.says("/incident")
    wait_for(ada.views)
    answer = ada.submits(Title="Checkout is down", Severity="Sev1")

    assert answer.status == 200
    assert filled[0]["title"]["typed"] == {"type": "plain_text_input", "value": "Checkout is down"}
    assert filled[0]["severity"]["chosen"]["selected_option"]["value"] == "sev1"
    assert ada.view is None


def test_errors_keep_a_form_open(bolt, ada):
    @bolt.shortcut("declare")
    async def open_form(ack, client, shortcut):
        await client.views_open(trigger_id=shortcut["trigger_id"], view=FORM)
        await ack()

    @bolt.view("declare")
    async def refuse(ack):
        await ack(response_action="errors", errors={"title": "Say more."})

    ada.uses("declare")
    answer = ada.submits(Title="x", Severity="Sev2")

    assert answer.errors == {"title": "Say more."}
    assert ada.view["state"]["values"]["title"]["typed"]["value"] == "x"


def test_a_click_on_a_card_changes_it_over_its_response_url(bolt, guest, ada):
    @bolt.command("/incident")
    async def incident(ack, client, command):
        await ack()
        await client.chat_postMessage(channel="C0INCIDENTS", text="Open", blocks=[BUTTON])

    @bolt.action("card.ack")
    async def acknowledged(ack, body, respond):
        await ack()
        await respond(text=f"Acknowledged by <@{body['user']['id']}>", replace_original=True)

    ada.says("/incident")
    wait_for(lambda: guest.messages("incidents"))
    assert ada.clicks("Acknowledge").status == 200

    wait_for(lambda: ada.reads("incidents") == "Closeout: Acknowledged by @Ada Lovelace")


def test_events_come_from_channels_that_the_bot_is_in(bolt, ada):
    heard = []

    @bolt.event("message")
    async def message(event):
        heard.append((event["channel"], event["text"]))

    ada.says("not for the bot", in_="random")
    ada.says("the bot & all hear this", in_="incidents")

    wait_for(lambda: heard)
    assert heard == [("C0INCIDENTS", "the bot &amp; all hear this")]


def test_a_reaction_and_an_edit_are_heard(bolt, ada):
    heard = []

    @bolt.event("reaction_added")
    async def reaction(event):
        heard.append((event["reaction"], event["item"]["ts"]))

    @bolt.event({"type": "message", "subtype": "message_changed"})
    async def edited(event):
        heard.append((event["previous_message"]["text"], event["message"]["text"]))

    @bolt.event("message")
    async def message(event):
        pass

    ts = ada.says("fixed", in_="incidents").ts
    ada.reacts("pushpin", ts, in_="incidents")
    ada.edits(ts, "not fixed", in_="incidents")

    wait_for(lambda: len(heard) == 2)
    assert set(heard) == {("pushpin", ts), ("fixed", "not fixed")}


@pytest.mark.parametrize("secret", ["another secret"])
def test_a_bot_with_another_secret_refuses(bolt, guest, ada, secret):
    guest.act("connect", signing_secret=secret)

    answer = ada.says("/incident")

    assert (answer.status, answer.error) == (401, "dispatch_failed")
    assert ada.reads("general") == 'Slackbot (only Ada): /incident failed with the error "dispatch_failed"'


def test_the_home_tab_is_published_when_it_is_opened(bolt, ada):
    @bolt.event("app_home_opened")
    async def opened(client, event):
        section = {"type": "section", "text": {"type": "mrkdwn", "text": "Nothing is *on fire*."}}
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section]})

    ada.opens_home()

    assert wait_for(ada.home)["reads"] == "Nothing is *on fire*."
