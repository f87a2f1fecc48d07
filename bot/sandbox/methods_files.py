"""Web API methods that upload files in Slack's three steps."""

from __future__ import annotations

from bot.sandbox import acts
from bot.sandbox.answers import ApiError, Json
from bot.sandbox.args import Args
from bot.sandbox.channels import Message
from bot.sandbox.methods import method
from bot.sandbox.people import BOT_USER
from bot.sandbox.workspace import Workspace


@method("files.getUploadURLExternal")
def get_upload_url(workspace: Workspace, args: Args) -> Json:
    id, name = workspace.next_id("F"), args.need("filename")
    workspace.files[id] = described(workspace, id, name, args.number("length", 0), BOT_USER)
    return {"upload_url": f"{workspace.base_url}/upload/{id}", "file_id": id}


def described(workspace: Workspace, id: str, name: str, size: int, user: str) -> Json:
    private = f"{workspace.base_url}/files/{id}/{name}"
    return {
        "id": id,
        "created": int(workspace.now()),
        "timestamp": int(workspace.now()),
        "name": name,
        "title": name,
        "mimetype": "application/octet-stream",
        "filetype": name.rpartition(".")[2],
        "user": user,
        "size": size,
        "mode": "hosted",
        "is_external": False,
        "url_private": private,
        "url_private_download": private,
        "permalink": f"{workspace.base_url}/files/{id}",
        "shares": {},
    }


@method("files.completeUploadExternal")
def complete_upload(workspace: Workspace, args: Args) -> Json:
    wanted = args.data("files") or []
    done = []
    for one in wanted:
        file = workspace.files.get(one.get("id", ""))
        if file is None or one["id"] not in workspace.contents:
            raise ApiError("file_not_found")
        file["title"] = one.get("title") or file["name"]
        done.append(file)
    for channel in args.ids("channels") or args.ids("channel_id"):
        _share(workspace, channel, done, args)
    return {"files": [{"id": file["id"], "title": file["title"]} for file in done]}


def _share(workspace: Workspace, wanted: str, files: list[Json], args: Args) -> None:
    channel = workspace.channel_for_bot(wanted, joined=True)
    if channel.is_archived:
        raise ApiError("posting_to_channel_denied")
    text, thread = args.text("initial_comment"), args.text("thread_ts") or None
    message = Message(workspace.stamp(), BOT_USER, text, thread_ts=thread, files=list(files))
    acts.post(workspace, channel, message)
    for file in files:
        kind = "private" if channel.is_private or channel.is_im else "public"
        shares = file["shares"].setdefault(kind, {}).setdefault(channel.id, [])
        shares.append({"ts": message.ts, "channel_name": channel.name, "team_id": "T0SANDBOX"})
        event = {"type": "file_shared", "file_id": file["id"], "user_id": file["user"]}
        about = {"file": {"id": file["id"]}, "channel_id": channel.id, "event_ts": message.ts}
        workspace.happened(event | about, channel)


@method("files.info")
def files_info(workspace: Workspace, args: Args) -> Json:
    file = workspace.files.get(args.need("file"))
    if file is None:
        raise ApiError("file_not_found")
    return {"file": file, "comments": [], "response_metadata": {"next_cursor": ""}}
