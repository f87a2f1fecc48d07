"""Blocks of every kind that the practice page draws, and the reader for whom it draws them."""

import json
from pathlib import Path

GOLDEN = Path(__file__).parent.parent / "golden"
NOON = 1772452800  # Monday, 2 March 2026, 12:00 UTC

# What renderers are given: Ada in London, at twenty past noon.
CONTEXT = """() => {
  const handle = (name) => name.split(" ")[0].toLowerCase();
  const person = (id, real_name, tz) => [id, {id, name: handle(real_name), real_name, tz}];
  const people = new Map([person("U0ADA", "Ada Lovelace", "Europe/London"),
    person("U0BEN", "Ben Okafor", "Africa/Lagos"), person("U0CHEN", "Chen Wei", "Asia/Shanghai")]);
  const groups = new Map([["S0PAYMENTS", {id: "S0PAYMENTS", handle: "payments", users: ["U0ADA"]}]]);
  const channels = new Map([["C7", {id: "C7", name: "inc-7"}],
    ["C9", {id: "C9", name: "secret", is_private: true}]]);
  return {me: people.get("U0ADA"), people, groups, channels, now: () => new Date(1772454000 * 1000),
    goTo: (id) => { window.went = id; }};
}"""


def plain(words):
    return {"type": "plain_text", "text": words, "emoji": True}


def mrkdwn(words):
    return {"type": "mrkdwn", "text": words}


def option(words, note=""):
    value = {"text": plain(words), "value": words.lower()}
    return value | ({"description": plain(note)} if note else {})


def button(words, action_id, **more):
    return {"type": "button", "text": plain(words), "action_id": action_id} | more


def section(words, **more):
    return {"type": "section", "text": mrkdwn(words)} | more


def actions(*elements, **more):
    return {"type": "actions", "elements": list(elements)} | more


def menu(kind, action_id, *names, **more):
    offered = {"options": [option(name) for name in names]} if names else {}
    return {"type": kind, "action_id": action_id, "placeholder": plain("Choose")} | offered | more


def ask(label, block_id, kind="plain_text_input", **element):
    element = {"type": kind, "action_id": "it"} | element
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def rich(*elements):
    return {"type": "rich_text", "elements": list(elements)}


def run(words, **style):
    return {"type": "text", "text": words, "style": style}


def line(*elements, kind="rich_text_section"):
    return {"type": kind, "elements": list(elements)}


def view(*blocks, **more):
    titles = {"title": plain("Form"), "submit": plain("Send"), "callback_id": "form"}
    return {"type": "modal", "blocks": list(blocks)} | titles | more


def everything(words):
    """A block of every kind, with these words in every place that takes any."""
    return with_ids(
        [
            {"type": "header", "text": plain(words)},
            section(words, fields=[mrkdwn(words), plain(words)], accessory=button(words, "b")),
            section(
                f"<{words}|{words}> <https://example.com|{words}> <!date^1^{words}|{words}> <@U1|{words}>"
            ),
            section(
                f"*{words}* _{words}_ ~{words}~ `{words}` ```{words}```\n> {words} :{words}: <#C1|{words}>"
            ),
            section(words, accessory={"type": "overflow", "action_id": "o", "options": [option(words)]}),
            actions(
                menu("static_select", "s1", words, placeholder=plain(words)),
                menu("multi_static_select", "s2", words, initial_options=[option(words)]),
                {"type": "checkboxes", "action_id": "s3", "options": [option(words, words)]},
                {"type": "radio_buttons", "action_id": "s4", "options": [option(words, words)]},
                menu("users_select", "s5"),
                menu("external_select", "s6", initial_option=option(words)),
                {"type": "datepicker", "action_id": "s7", "initial_date": "2026-03-02"},
                {"type": "timepicker", "action_id": "s8"},
                {"type": "datetimepicker", "action_id": "s9", "initial_date_time": NOON},
                button(words, "s10", url="https://example.com", style="primary"),
            ),
            {"type": "divider"},
            {"type": "context", "elements": [mrkdwn(words), plain(words), picture(words)]},
            picture(words) | {"title": plain(words)},
            ask(words, "i1", initial_value=words) | {"hint": plain(words)},
            ask(words, "i2", "plain_text_input", multiline=True, initial_value=words),
            ask(words, "i3", "number_input", is_decimal_allowed=False),
            ask(words, "i4", "email_text_input"),
            ask(words, "i5", "url_text_input"),
            ask(words, "i6", "rich_text_input", initial_value=rich(line(run(words)))),
            ask(words, "i7", "file_input"),
            ask(words, "i8", "radio_buttons", options=[option(words)]),
            ask(words, "i9", "checkboxes", options=[option(words)]),
            ask(words, "i10", "multi_users_select", initial_users=["U0BEN"]),
            rich(
                line(run(words, bold=True, code=True), {"type": "link", "url": words, "text": words}),
                line(run(words), kind="rich_text_quote"),
                line(run(words), kind="rich_text_preformatted"),
                {"type": "rich_text_list", "style": "ordered", "elements": [line(run(words))]},
                line({"type": "color", "value": words}, {"type": "emoji", "name": words}),
            ),
            {
                "type": "markdown",
                "text": f"# {words}\n\n[{words}]({words}) **{words}**\n- {words}\n\n> {words}",
            },
            {"type": "markdown", "text": f"|{words}|b|\n|---|---|\n|{words}|c|\n\n```\n{words}\n```"},
            {"type": "table", "rows": [[cell("Ref"), cell("Days")], [cell(words), rich(line(run(words)))]]},
            {"type": "video", "title": plain(words), "video_url": words, "alt_text": words},
            {"type": "file", "external_id": words},
            {"type": "call", "call": {"v1": {"name": words, "join_url": words}}},
            {"type": "alert", "level": "warning", "text": mrkdwn(words)},
            {"type": "context_actions", "elements": [thumbs(words)]},
            {"type": "task_card", "title": words, "details": rich(line(run(words)))},
            {"type": words, "text": words},
        ]
    )


def picture(words):
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": words}


def cell(words):
    return {"type": "raw_text", "text": words}


def thumbs(words):
    sides = {"positive_button": {"text": plain(words), "value": "y"}}
    sides |= {"negative_button": {"text": plain(words), "value": "n"}}
    return {"type": "feedback_buttons", "action_id": "f"} | sides


def with_ids(blocks):
    """With a block_id each, as the workspace gives it."""
    return [{"block_id": f"k{number}"} | block for number, block in enumerate(blocks)]


def golden_cards():
    return [with_ids(json.loads(path.read_text())["card"]) for path in sorted(GOLDEN.glob("cards/*.json"))]


def golden_views():
    found = [json.loads(path.read_text()) for path in sorted(GOLDEN.glob("views/*.json"))]
    return [with_ids(one["blocks"]) for one in found if "blocks" in one]
