"""What the page sends beside a click or a form: all fields, by block_id and action_id."""

import httpx
import pytest


def text(words):
    return {"type": "plain_text", "text": words}


def option(words):
    return {"text": text(words), "value": words.lower()}


def field(block_id, action_id, label, **element):
    element = {"type": "plain_text_input", "action_id": action_id} | element
    return {"type": "input", "block_id": block_id, "label": text(label), "optional": True, "element": element}


def button(words, action_id):
    return {"type": "button", "text": text(words), "action_id": action_id}


def view(*blocks):
    titles = {"title": text("Form"), "submit": text("Send")}
    return {"type": "modal", "callback_id": "form"} | titles | {"blocks": list(blocks)}


@pytest.fixture
def acts(sandbox):
    """Posts as the page does, in Ada's name."""

    def post(verb, **wanted):
        answer = httpx.post(f"{sandbox.url}/sandbox/{verb}", json={"user": "ada"} | wanted)
        return answer.json() | {"code": answer.status_code}

    return post


@pytest.fixture
def opens(bolt, ada):
    """Puts a view before Ada; answers with what the bot is told when it is used."""
    heard = []

    def open_(body):
        @bolt.command("/incident")
        async def incident(ack, client, command):
            await client.views_open(trigger_id=command["trigger_id"], view=body)
            await ack()

        @bolt.action("press")
        @bolt.view("form")
        async def used(ack, body):
            heard.append(body["view"]["state"]["values"])
            await ack()

        ada.says("/incident")
        return heard

    return open_


def test_ids_are_exact_even_where_names_cross(opens, acts):
    heard = opens(view(field("b", "a", "First"), field("a", "b", "Second")))

    acts("submit", state={"b": {"a": "one"}, "a": {"b": "two"}})

    assert [heard[0]["b"]["a"]["value"], heard[0]["a"]["b"]["value"]] == ["one", "two"]


def test_a_button_in_a_form_tells_what_was_typed_so_far(opens, acts, ada):
    heard = opens(
        view(field("why", "typed", "Why"), {"type": "actions", "elements": [button("Look", "press")]})
    )

    acts("click", view_id=ada.view["id"], action_id="press", state={"why": {"typed": "because"}})

    assert heard[0]["why"]["typed"]["value"] == "because"
    assert ada.view["state"]["values"]["why"]["typed"]["value"] == "because"


def test_the_same_action_twice_is_told_apart_by_its_block(opens, acts, ada, guest):
    opens(
        view(
            {"type": "actions", "block_id": "left", "elements": [button("Look", "press")]},
            {"type": "actions", "block_id": "right", "elements": [button("Look", "press")]},
        )
    )

    acts("click", view_id=ada.view["id"], block_id="right", action_id="press")

    [call] = guest.calls("block_actions")
    assert call["args"]["actions"][0]["block_id"] == "right"


def test_fields_that_are_gone_are_left_out(opens, acts):
    heard = opens(view(field("why", "typed", "Why")))

    acts("submit", state={"why": {"typed": "because", "older": "x"}, "gone": {"typed": "y"}})

    assert {block: list(held) for block, held in heard[0].items()} == {"why": ["typed"]}


def test_a_file_is_named_and_measured(opens, acts):
    heard = opens(view(field("log", "file", "Log", type="file_input")))

    acts("submit", state={"log": {"file": [{"name": "web.log", "size": 12, "mimetype": "text/plain"}]}})

    [file] = heard[0]["log"]["file"]["files"]
    assert (file["name"], file["size"], file["id"][0]) == ("web.log", 12, "F")


def test_what_no_menu_offers_is_refused_in_words(opens, acts):
    opens(view(field("pick", "one", "Pick", type="static_select", options=[option("Red")])))

    answer = acts("submit", state={"pick": {"one": option("Blue")}})

    assert (answer["code"], answer["error"]) == (400, "Pick does not offer 'blue'. It offers: Red.")


def test_fields_of_a_message_go_along_with_its_buttons(bolt, acts, ada, guest):
    blocks = [field("note", "words", "Note"), {"type": "actions", "elements": [button("Keep", "keep")]}]
    heard = []

    @bolt.command("/incident")
    async def incident(ack):
        await ack({"text": "x", "blocks": blocks})

    @bolt.action("keep")
    async def kept(ack, body):
        heard.append(body["state"]["values"])
        await ack()

    ada.says("/incident", in_="incidents")
    ts = guest.messages("incidents", as_="ada")[-1]["ts"]
    acts("click", channel="incidents", ts=ts, action_id="keep", state={"note": {"words": "seen"}})

    assert heard[0]["note"]["words"]["value"] == "seen"
