"""The Web API of the sandbox, called with slack_sdk's own client."""

import pytest
from slack_sdk.errors import SlackApiError

ROOM = "C0INCIDENTS"


async def refused(call):
    """Returns the error of a call that fails."""
    with pytest.raises(SlackApiError) as problem:
        await call
    return problem.value.response["error"]


async def new_channel(client, name="inc-1-checkout", **more):
    return (await client.conversations_create(name=name, **more))["channel"]["id"]


async def test_the_token_says_who_the_bot_is(client):
    answer = await client.auth_test()

    assert (answer["team_id"], answer["user_id"], answer["bot_id"]) == (
        "T0SANDBOX",
        "U0CLOSEOUT",
        "B0CLOSEOUT",
    )


async def test_a_wrong_token_is_refused(client):
    client.token = "xoxb-other"
    assert await refused(client.auth_test()) == "invalid_auth"
    client.token = "xapp-sandbox"
    assert await refused(client.auth_test()) == "not_allowed_token_type"


async def test_a_name_is_taken_even_by_an_archived_channel(client):
    channel = await new_channel(client)
    await client.conversations_archive(channel=channel)

    assert await refused(client.conversations_create(name="inc-1-checkout")) == "name_taken"
    assert await refused(client.conversations_archive(channel=channel)) == "already_archived"
    assert await refused(client.chat_postMessage(channel=channel, text="hello?")) == "is_archived"


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Upper", "invalid_name_specials"),
        ("a" * 81, "invalid_name_maxlength"),
        ("--", "invalid_name_punctuation"),
        ("", "invalid_name_required"),
    ],
)
async def test_bad_names_are_refused(client, name, error):
    assert await refused(client.conversations_create(name=name)) == error


async def test_invites_fail_as_a_whole_without_force(client, guest):
    channel = await new_channel(client)
    users = "U0ADA,U0CLOSEOUT,U0NOBODY"

    with pytest.raises(SlackApiError) as problem:
        await client.conversations_invite(channel=channel, users=users)

    assert problem.value.response["error"] == "cant_invite_self"
    assert [one["user"] for one in problem.value.response["errors"]] == ["U0CLOSEOUT", "U0NOBODY"]
    assert guest.channel("inc-1-checkout")["members"] == ["closeout"]


async def test_forced_invites_take_who_they_can(client, guest):
    channel = await new_channel(client)
    users = "U0ADA,U0GUS,U0BEN,U0NOBODY"

    answer = await client.conversations_invite(channel=channel, users=users, force=True)

    assert {one["user"]: one["error"] for one in answer["errors"]} == {
        "U0GUS": "ura_max_channels",
        "U0NOBODY": "user_not_found",
    }
    assert guest.channel("inc-1-checkout")["members"] == ["closeout", "ada", "ben"]
    again = client.conversations_invite(channel=channel, users="U0ADA", force=True)
    assert await refused(again) == "already_in_channel"


async def test_the_bot_posts_only_where_it_is(client):
    assert await refused(client.chat_postMessage(channel="C0RANDOM", text="hi")) == "not_in_channel"
    await client.conversations_join(channel="C0RANDOM")
    assert (await client.chat_postMessage(channel="C0RANDOM", text="hi"))["ok"]
    again = await client.conversations_join(channel="C0RANDOM")
    assert again["warning"] == "already_in_channel"


async def test_history_is_newest_first_and_its_bounds_are_open(client):
    stamps = [(await client.chat_postMessage(channel=ROOM, text=str(n)))["ts"] for n in range(5)]

    answer = await client.conversations_history(channel=ROOM, oldest=stamps[1], latest=stamps[4])
    closed = await client.conversations_history(channel=ROOM, oldest=stamps[1], inclusive=True)

    assert [one["text"] for one in answer["messages"]] == ["3", "2"]
    assert [one["text"] for one in closed["messages"]] == ["4", "3", "2", "1"]


async def test_history_comes_in_pages(client):
    for n in range(5):
        await client.chat_postMessage(channel=ROOM, text=str(n))

    pages = [
        [one["text"] for one in page["messages"]]
        async for page in await client.conversations_history(channel=ROOM, limit=2)
    ]

    assert pages == [["4", "3"], ["2", "1"], ["0"]]


async def test_replies_are_not_in_the_history(client):
    parent = (await client.chat_postMessage(channel=ROOM, text="parent"))["ts"]
    await client.chat_postMessage(channel=ROOM, text="reply", thread_ts=parent)

    history = await client.conversations_history(channel=ROOM)
    replies = await client.conversations_replies(channel=ROOM, ts=parent)

    assert [(one["text"], one["reply_count"]) for one in history["messages"]] == [("parent", 1)]
    assert [one["text"] for one in replies["messages"]] == ["parent", "reply"]


async def test_metadata_comes_back_only_when_asked_for(client):
    metadata = {"event_type": "closeout", "event_payload": {"key": "INC-1/3"}}
    await client.chat_postMessage(channel=ROOM, text="x", metadata=metadata)

    plain = await client.conversations_history(channel=ROOM)
    whole = await client.conversations_history(channel=ROOM, include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert whole["messages"][0]["metadata"] == metadata


async def test_an_update_changes_the_message(client, guest):
    ts = (await client.chat_postMessage(channel=ROOM, text="before"))["ts"]

    await client.chat_update(channel=ROOM, ts=ts, text="after")

    assert guest.messages("incidents")[0]["text"] == "after"
    long = client.chat_update(channel=ROOM, ts=ts, text="x" * 4001)
    assert await refused(long) == "msg_too_long"
    assert await refused(client.chat_update(channel=ROOM, ts="1.000000", text="x")) == "message_not_found"


async def test_the_bot_cannot_change_what_people_wrote(client, ada):
    ts = ada.says("mine", in_="incidents").ts

    assert await refused(client.chat_update(channel=ROOM, ts=ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_delete(channel=ROOM, ts=ts)) == "cant_delete_message"


async def test_a_message_without_words_or_with_bad_blocks_is_refused(client):
    assert await refused(client.api_call("chat.postMessage", json={"channel": ROOM})) == "no_text"
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    assert await refused(client.chat_postMessage(channel=ROOM, text="x", blocks=blocks)) == "invalid_blocks"


async def test_a_topic_is_at_most_250_characters_and_leaves_a_note(client, guest):
    await client.conversations_setTopic(channel=ROOM, topic="sev1")

    assert guest.channel("incidents")["topic"] == "sev1"
    assert guest.messages("incidents")[-1]["subtype"] == "channel_topic"
    assert await refused(client.conversations_setTopic(channel=ROOM, topic="x" * 251)) == "too_long"


async def test_pins_bookmarks_and_reactions_stick(client, guest):
    ts = (await client.chat_postMessage(channel=ROOM, text="card"))["ts"]

    await client.pins_add(channel=ROOM, timestamp=ts)
    await client.reactions_add(channel=ROOM, timestamp=ts, name="eyes")
    await client.bookmarks_add(channel_id=ROOM, title="Card", type="link", link="https://example.com")

    assert await refused(client.pins_add(channel=ROOM, timestamp=ts)) == "already_pinned"
    assert await refused(client.reactions_add(channel=ROOM, timestamp=ts, name="eyes")) == "already_reacted"
    assert (await client.pins_list(channel=ROOM))["items"][0]["message"]["text"] == "card"
    assert guest.channel("incidents")["bookmarks"][0]["title"] == "Card"
    assert (await client.reactions_get(channel=ROOM, timestamp=ts))["message"]["reactions"][0]["count"] == 1


async def test_people_are_found_by_mail_and_by_id(client):
    assert (await client.users_lookupByEmail(email="Ben@example.com"))["user"]["id"] == "U0BEN"
    assert (await client.users_info(user="U0ADA"))["user"]["tz"] == "Europe/London"
    assert await refused(client.users_lookupByEmail(email="no@example.com")) == "users_not_found"
    assert len((await client.users_list())["members"]) == 10


async def test_a_direct_message_opens_its_channel(client, guest, ada):
    opened = (await client.conversations_open(users="U0ADA"))["channel"]["id"]
    await client.chat_postMessage(channel=opened, text="psst")
    await client.chat_postMessage(channel="U0ADA", text="again")

    assert [one["text"] for one in ada.dms()] == ["psst", "again"]
    assert guest.person("ben").dms() == []


async def test_an_ephemeral_message_is_seen_by_one_and_kept_by_none(client, guest, ada):
    await client.chat_postEphemeral(channel=ROOM, user="U0ADA", text="only you")

    assert [one["text"] for one in ada.sees("incidents")] == ["only you"]
    assert guest.person("ben").sees("incidents") == []
    assert (await client.conversations_history(channel=ROOM))["messages"] == []
    outside = client.chat_postEphemeral(channel=ROOM, user="U0GUS", text="x")
    assert await refused(outside) == "user_not_in_channel"


async def test_a_file_is_uploaded_in_three_steps(client, guest):
    answer = await client.files_upload_v2(
        channel=ROOM, content="# INC-1", filename="postmortem.md", initial_comment="Here it is"
    )

    [message] = guest.messages("incidents")
    assert (message["text"], message["files"][0]["name"]) == ("Here it is", "postmortem.md")
    info = await client.files_info(file=answer["files"][0]["id"])
    assert info["file"]["shares"]["public"][ROOM][0]["ts"] == message["ts"]


async def test_a_scheduled_message_comes_when_its_time_does(client, guest):
    soon = int(guest.advances(0.001)) + 3600
    await client.chat_scheduleMessage(channel=ROOM, post_at=soon, text="later")
    other = await client.chat_scheduleMessage(channel=ROOM, post_at=soon, text="never")
    id = other["scheduled_message_id"]
    await client.chat_deleteScheduledMessage(channel=ROOM, scheduled_message_id=id)

    assert guest.messages("incidents") == []
    guest.advances(3601)
    assert [one["text"] for one in guest.messages("incidents")] == ["later"]


async def test_json_does_not_reach_methods_that_take_forms_only(client):
    call = client.api_call("conversations.info", json={"channel": ROOM})
    assert await refused(call) == "invalid_arguments"
    assert (await client.conversations_info(channel=ROOM))["channel"]["name"] == "incidents"


async def test_unknown_methods_and_arguments_are_refused(client):
    assert await refused(client.api_call("chat.shout")) == "unknown_method"
    wrong = client.api_call("chat.postMessage", json={"channel": ROOM, "text": "x", "colour": "red"})
    assert await refused(wrong) == "invalid_arguments"


async def test_a_scope_that_was_not_granted_is_named(client, guest):
    guest.act("connect", scopes=["chat:write"])

    with pytest.raises(SlackApiError) as problem:
        await client.pins_list(channel=ROOM)

    assert problem.value.response["error"] == "missing_scope"
    assert problem.value.response["needed"] == "pins:read"


async def test_a_private_channel_is_hidden_from_who_is_not_in_it(client, guest, ada):
    guest.act("create", user="ada", name="secret", is_private=True)
    id = guest.channel("secret", as_="ada")["id"]

    assert await refused(client.conversations_info(channel=id)) == "channel_not_found"
    names = [one["name"] for one in (await client.conversations_list())["channels"]]
    assert "secret" not in names
    ada.invites("closeout", to="secret")
    assert (await client.conversations_info(channel=id))["channel"]["is_private"]
