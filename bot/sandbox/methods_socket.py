"""The Web API method that opens Socket Mode."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.args import Args
from bot.sandbox.methods import method
from bot.sandbox.people import APP_ID
from bot.sandbox.workspace import Workspace


@method("apps.connections.open")
def connections_open(workspace: Workspace, args: Args) -> Json:
    """The address is good for one connection."""
    ticket = workspace.next_id("W")
    workspace.tickets.add(ticket)
    address = workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{address}/link/?ticket={ticket}&app_id={APP_ID}"}
