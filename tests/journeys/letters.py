"""Requests as Slack would make them, and as nobody should."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

from tests.world import ask

SECRET = "sandbox-signing-secret"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"


def a_command(text, user="U0ADA"):
    return urlencode(
        {
            "token": "sandbox",
            "team_id": "T0SANDBOX",
            "team_domain": "sandbox",
            "channel_id": "C0GENERAL",
            "channel_name": "general",
            "user_id": user,
            "user_name": "ada",
            "command": "/incident",
            "text": text,
            "api_app_id": "A0CLOSEOUT",
            "is_enterprise_install": "false",
            "response_url": "",
            "trigger_id": "1.2.3",
        }
    )


def an_event(kind="reaction_added", id="Ev0FORGED", **more):
    event = {"type": kind, "user": "U0ADA", "reaction": "pushpin", "event_ts": "1700000000.000100"}
    event["item"] = {"type": "message", "channel": "C0GENERAL", "ts": "1700000000.000100"}
    about = {"type": "event_callback", "team_id": "T0SANDBOX", "api_app_id": "A0CLOSEOUT", "event_id": id}
    return json.dumps({**about, "event": event | more, "authorizations": [{"user_id": "U0CLOSEOUT"}]})


def a_click(action="home.declare"):
    payload = {"type": "block_actions", "user": {"id": "U0ADA"}, "actions": [{"action_id": action}]}
    return urlencode({"payload": json.dumps(payload)})


def signed(body, *, secret=SECRET, ago=0.0, content=FORM):
    """The headers that prove a request, made so many seconds ago."""
    at = int(time.time() - ago)
    digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    about = {"x-slack-request-timestamp": str(at), "x-slack-signature": f"v0={digest}"}
    return {"content-type": content, **about}


def post_to_slack_door(bot, body, headers):
    return ask("POST", f"{bot.url}/slack/events", content=body, headers=headers)
