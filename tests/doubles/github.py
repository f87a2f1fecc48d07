"""GitHub Issues, as strict as its published API; what it sends is held against octokit's schemas."""

import copy
import json
import re
import uuid
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from tests.doubles.trackers import Answer, Tracker, signature

DATA = json.loads((Path(__file__).parent.parent / "integrations/data/github_issues.json").read_text())
TEXT, NAMES = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
FIELDS = {
    "title": {"type": "string", "minLength": 1},
    "body": {"type": "string", "maxLength": 65536},
    "assignees": NAMES,
    "labels": NAMES,
}
CREATE = {"type": "object", "required": ["title"], "properties": FIELDS, "additionalProperties": False}
STATES = {
    "state": {"enum": ["open", "closed"]},
    "state_reason": {"enum": ["completed", "not_planned", "duplicate", "reopened", None]},
}
CHANGE = {"type": "object", "properties": FIELDS | STATES, "additionalProperties": False}
SAY = {"type": "object", "required": ["body"], "properties": {"body": TEXT}, "additionalProperties": False}
LIST = {"state", "sort", "direction", "since", "per_page", "page", "labels"}


class GitHub(Tracker):
    """The repository acme/ops; Ada is ada-l there, Ben is ben-k, and octo is somebody we do not know."""

    label, name, path = "GitHub", "github", "/webhooks/github"
    accounts: ClassVar = {"ada": "ada-l", "ben": "ben-k"}
    people: ClassVar = {"ada-l": "ada@example.com", "ben-k": "ben@example.com"}
    env: ClassVar = {
        "GITHUB_TOKEN": "t0ken",
        "GITHUB_REPO": "acme/ops",
        "GITHUB_WEBHOOK_SECRET": "old, hook-secret",
    }

    def __init__(self):
        super().__init__()
        self.collaborators = {"ada-l", "ben-k", "octo"}
        self.comments = {}
        self.sees_repo = True

    def route(self, request, body):
        headers, path = request.headers, request.url.path
        self.insist(headers["accept"] == "application/vnd.github+json", "accept")
        self.insist(headers["x-github-api-version"] == "2022-11-28", "version")
        if headers["authorization"] != "Bearer t0ken":
            raise Answer(401, {"message": "Bad credentials"})
        inside = path.removeprefix("/repos/acme/ops")
        self.insist(inside != path, f"another repository: {path}")
        if not self.sees_repo:
            raise Answer(404, {"message": "Not Found"})
        return self._inside(request.method, inside, request.url.params, body)

    def _inside(self, method, path, params, body):
        if (method, path) == ("GET", ""):
            return 200, {"full_name": "acme/ops", "has_issues": True, "permissions": {"push": True}}
        if (method, path) == ("GET", "/issues"):
            return 200, self._list(params)
        if (method, path) == ("POST", "/issues"):
            return 201, self._create(body)
        found = re.fullmatch(r"/issues/(\d+)(/comments)?", path)
        self.insist(found, f"{method} {path}")
        issue = self.issues.get(int(found[1]))
        if issue is None:
            raise Answer(410, {"message": "This issue was deleted"})
        if found[2]:
            return self._comments(method, issue, body)
        if method == "GET":
            return 200, issue
        self.insist(method == "PATCH", f"{method} {path}")
        self.check(CHANGE, body, "PATCH")
        self.change(issue["number"], by="closeout-bot", **body)
        return 200, issue

    def _list(self, params):
        self.insist(set(params) <= LIST, f"list: {params}")
        self.insist(1 <= int(params["per_page"]) <= 100, "per_page")
        since = datetime.fromisoformat(params["since"])
        found = [one for one in self.issues.values() if datetime.fromisoformat(one["updated_at"]) >= since]
        found.sort(key=lambda one: one["updated_at"])
        start = (int(params["page"]) - 1) * int(params["per_page"])
        return found[start : start + int(params["per_page"])]

    def _comments(self, method, issue, body):
        there = self.comments.setdefault(issue["number"], [])
        if method == "POST":
            self.check(SAY, body, "comment")
            there.append({"id": len(there) + 1, "body": body["body"]})
            return 201, there[-1]
        return 200, there

    def _create(self, body):
        self.check(CREATE, body, "POST")
        number = max(self.issues, default=40) + 1
        issue = copy.deepcopy(DATA["example"]["issue"])
        issue |= {"id": 9_000_000 + number, "number": number, "labels": [], "assignees": [], "assignee": None}
        issue |= {"milestone": None, "state": "open", "state_reason": None, "closed_at": None, "body": None}
        issue |= {"html_url": f"https://github.com/acme/ops/issues/{number}", "title": ""}
        issue["reactions"] = dict.fromkeys(("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket"), 0)
        issue["reactions"] |= {"eyes": 0, "total_count": 0, "url": "https://api.github.com/r"}
        self._assign(issue, body.get("assignees", []))
        self.issues[number] = issue
        issue |= {"title": body["title"], "body": body.get("body"), "created_at": self._now()}
        issue["updated_at"] = self._now(0)
        self._tell("opened", issue, "closeout-bot")
        return issue

    def _assign(self, issue, logins):
        if not set(logins) <= self.collaborators:
            raise Answer(422, {"message": "Validation Failed"})
        issue["assignees"] = [self._user(login) for login in logins]
        issue["assignee"] = issue["assignees"][0] if logins else None

    def change(self, number, *, by="octo", **fields):
        """Somebody changes it there: a person, or we through the API."""
        issue = self.issues[number]
        before = copy.deepcopy(issue)
        if "assignees" in fields:
            self._assign(issue, fields.pop("assignees"))
        issue |= fields
        issue["closed_at"] = issue["closed_at"] or self._now(0) if issue["state"] == "closed" else None
        changed = [name for name in ("state", "assignees", "title", "body") if issue[name] != before[name]]
        if changed:
            issue["updated_at"] = self._now()
        for name in changed:
            self._tell(self._action(name, issue), issue, by, before)

    @staticmethod
    def _action(name, issue):
        state = "closed" if issue["state"] == "closed" else "reopened"
        assigned = "assigned" if issue["assignees"] else "unassigned"
        return {"state": state, "assignees": assigned}.get(name, "edited")

    def _tell(self, action, issue, by, before=None):
        shown = copy.deepcopy(issue)
        told = {"action": action, "issue": shown, "repository": self._repository(), "sender": self._user(by)}
        if action == "edited":
            told["changes"] = {"title": {"from": before["title"]}}
        shape = {"$ref": f"#/$defs/issues.{action}", "$defs": DATA["$defs"]}
        self.check(shape, told, f"our own webhook {action}")
        body = json.dumps(told).encode()
        self.hooks.append((body, self.headers(body)))

    def headers(self, body):
        return {
            "x-github-event": "issues",
            "x-github-delivery": str(uuid.uuid4()),
            "x-hub-signature-256": signature(body),
            "content-type": "application/json",
        }

    def _repository(self):
        return copy.deepcopy(DATA["example"]["repository"]) | {"full_name": "acme/ops"}

    def _user(self, login):
        return copy.deepcopy(DATA["example"]["sender"]) | {"login": login}

    def _now(self, seconds=1):
        return f"{self.tick(seconds):%Y-%m-%dT%H:%M:%SZ}"

    # ---- what people do there, in the words that both doubles know

    def the(self, key):
        issue = self.issues[int(key.lstrip("#"))]
        due = re.search(r"\*\*Due:\*\* (\S+)", issue["body"])
        owners = [one["login"] for one in issue["assignees"]]
        state = issue["state"] if issue["state_reason"] != "not_planned" else "dropped"
        return {"title": issue["title"], "state": state, "owner": (owners or [None])[0], "due": due[1]}

    def close(self, key, by="octo"):
        self.change(int(key.lstrip("#")), by=by, state="closed", state_reason="completed")

    def drop(self, key, by="octo"):
        self.change(int(key.lstrip("#")), by=by, state="closed", state_reason="not_planned")

    def reopen(self, key, by="octo"):
        self.change(int(key.lstrip("#")), by=by, state="open", state_reason="reopened")

    def assign(self, key, login, by="octo"):
        self.change(int(key.lstrip("#")), by=by, assignees=[login] if login else [])

    def move(self, key, day, by="octo"):
        number = int(key.lstrip("#"))
        body = re.sub(r"(\*\*Due:\*\*) .*", rf"\1 {day}", self.issues[number]["body"])
        self.change(number, by=by, body=body)

    def rename(self, key, title, by="octo"):
        self.change(int(key.lstrip("#")), by=by, title=title)

    def delete(self, key, by="octo"):
        self._tell("deleted", self.issues.pop(int(key.lstrip("#"))), by)

    def said(self, key):
        return [one["body"] for one in self.comments.get(int(key.lstrip("#")), [])]
