"""Jira Cloud, as strict as its published API; with a workflow of four states whose transitions have ids."""

import base64
import copy
import json
import re
import uuid
from pathlib import Path
from typing import ClassVar

from tests.doubles.trackers import Answer, Tracker, signature

DATA = json.loads((Path(__file__).parent.parent / "integrations/data/jira_cloud_v3.json").read_text())
LOGIN = "Basic " + base64.b64encode(b"bot@example.com:t0ken").decode()
STATES = {"To Do": "new", "In Progress": "indeterminate", "Done": "done", "Won't Do": "done"}
TRANSITIONS = {"11": "To Do", "21": "In Progress", "31": "Won't Do", "41": "Done"}
SEARCH = {
    "type": "object",
    "required": ["jql"],
    "properties": {
        "jql": {"type": "string"},
        "fields": {"type": "array", "items": {"type": "string"}},
        "maxResults": {"type": "integer", "maximum": 5000},
        "nextPageToken": {"type": "string"},
    },
    "additionalProperties": False,
}
MARKS = {"type": "array", "items": {"type": "object", "required": ["type", "attrs"]}}
WORDS = {
    "type": "object",
    "required": ["type", "text"],
    "properties": {"type": {"const": "text"}, "text": {"type": "string", "minLength": 1}, "marks": MARKS},
    "additionalProperties": False,
}
PARAGRAPH = {
    "type": "object",
    "required": ["type", "content"],
    "properties": {"type": {"const": "paragraph"}, "content": {"type": "array", "items": WORDS}},
}
DOCUMENT = {
    "type": "object",
    "required": ["version", "type", "content"],
    "properties": {
        "version": {"const": 1},
        "type": {"const": "doc"},
        "content": {"type": "array", "items": PARAGRAPH},
    },
    "additionalProperties": False,
}
ASSIGNEE = {
    "type": ["object", "null"],
    "required": ["accountId"],
    "properties": {"accountId": {"type": "string"}},
    "additionalProperties": False,
}
FIELDS = {
    "summary": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[^\\n]*$"},
    "description": DOCUMENT,
    "labels": {"type": "array", "items": {"type": "string", "pattern": "^\\S{1,255}$"}},
    "assignee": ASSIGNEE,
    "duedate": {"type": ["string", "null"], "pattern": "^\\d{4}-\\d\\d-\\d\\d$"},
}
NEW = {"project": {"type": "object", "required": ["key"]}, "issuetype": {"type": "object"}}


class Jira(Tracker):
    """The project OPS; Ada and Ben are known by their addresses, acc:octo is somebody we do not know."""

    label, name, path = "Jira", "jira", "/webhooks/jira"
    accounts: ClassVar = {"ada": "acc:ada", "ben": "acc:ben"}
    people: ClassVar = {}
    env: ClassVar = {
        "JIRA_URL": "https://acme.atlassian.net/",
        "JIRA_EMAIL": "bot@example.com",
        "JIRA_API_TOKEN": "t0ken",
        "JIRA_PROJECT": "OPS",
        "JIRA_WEBHOOK_SECRET": "hook-secret",
    }

    def __init__(self):
        super().__init__()
        self.comments, self.sees_project = {}, True
        self.users = {"acc:ada": "ada@example.com", "acc:ben": "ben@example.com", "acc:octo": ""}
        self.page = 100

    def route(self, request, body):
        if request.headers["authorization"] != LOGIN:
            raise Answer(401, {"errorMessages": ["Client must be authenticated"]})
        method, path = request.method, request.url.path
        if (method, path) == ("POST", "/rest/api/3/search/jql"):
            self.check(SEARCH, body, "search/jql")
            return 200, self._search(body)
        self._is_published(method, path, request.url.params)
        return self._inside(method, path.removeprefix("/rest/api/3"), request.url.params, body)

    def _is_published(self, method, path, params):
        for shape, methods in DATA["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", shape), path) and method.lower() in methods:
                self.insist(set(params) <= set(methods[method.lower()]["query"]), f"{path}: {params}")
                return
        self.insist(False, f"no such call: {method} {path}")

    def _inside(self, method, path, params, body):
        if path == "/myself":
            return 200, {"accountId": "acc:bot"}
        if path == "/project/OPS":
            if not self.sees_project:
                raise Answer(404, {"errorMessages": ["No project could be found with key 'OPS'."]})
            return 200, {"key": "OPS", "issueTypes": [{"name": "Task"}, {"name": "Bug"}]}
        if path == "/user/search":
            return 200, [self._user(a) for a, mail in self.users.items() if mail == params["query"]]
        if path == "/issue":
            return 201, self._create(body)
        _, _, id, *rest = path.split("/")
        issue = self.issues.get(id) if self.sees_project else None
        if issue is None:
            raise Answer(404, {"errorMessages": ["Issue does not exist or you do not have permission."]})
        return self._of_issue(method, issue, rest, body)

    def _of_issue(self, method, issue, rest, body):
        if rest == ["comment"]:
            return self._comments(method, issue, body)
        if rest == ["transitions"]:
            return self._transitions(method, issue, body)
        if method == "GET":
            return 200, issue
        self._shape(body, FIELDS)
        self.change(issue["key"], by="acc:bot", **body["fields"])
        return 204, None

    def _shape(self, body, fields, required=()):
        published = {"$ref": "#/$defs/IssueUpdateDetails", "$defs": DATA["$defs"]}
        self.check(published, body, "body")
        shape = {"type": "object", "properties": fields, "additionalProperties": False}
        self.check(shape | {"required": list(required)}, body["fields"], "fields")
        account = (body["fields"].get("assignee") or {}).get("accountId")
        if account and account not in self.users:
            raise Answer(400, {"errors": {"assignee": "User cannot be assigned issues."}})

    def _create(self, body):
        self._shape(body, FIELDS | NEW, ("summary", "project", "issuetype"))
        number = len(self.issues) + 7
        fields = {"assignee": None, "duedate": None, "labels": [], "resolution": None, **body["fields"]}
        fields |= {"status": self._status("To Do"), "assignee": self._user_of(fields["assignee"])}
        issue = {"id": str(10_000 + number), "key": f"OPS-{number}", "fields": fields}
        fields["updated"] = self._now()
        self.issues[issue["id"]] = issue
        self._tell("jira:issue_created", issue, "acc:bot")
        return {"id": issue["id"], "key": issue["key"], "self": f"https://acme.atlassian.net/{issue['id']}"}

    def _transitions(self, method, issue, body):
        if method == "GET":
            ways = [{"id": id, "name": to, "to": self._status(to)} for id, to in TRANSITIONS.items()]
            return 200, {"transitions": ways}
        self.check({"$ref": "#/$defs/IssueUpdateDetails", "$defs": DATA["$defs"]}, body, "transition")
        self.insist(body["transition"]["id"] in TRANSITIONS, "transition")
        self.change(issue["key"], by="acc:bot", status=TRANSITIONS[body["transition"]["id"]])
        return 204, None

    def _comments(self, method, issue, body):
        there = self.comments.setdefault(issue["key"], [])
        if method == "POST":
            self.check(DOCUMENT, body["body"], "comment")
            there.append({"id": str(len(there)), "body": body["body"]})
            return 201, there[-1]
        return 200, {"comments": there}

    def _search(self, body):
        found = sorted(self.issues.values(), key=lambda one: one["fields"]["updated"])
        if label := re.search(r'labels = "([^"]+)"', body["jql"]):
            found = [one for one in found if label[1] in one["fields"]["labels"]]
        clause = r'project = "OPS" AND labels = "[\w-]+"( AND updated >= "-\d+m")?'
        self.insist(re.fullmatch(clause, body["jql"]), body["jql"])
        start = int(body.get("nextPageToken", "0"))
        page = found[start : start + self.page]
        if start + self.page < len(found):
            return {"issues": page, "nextPageToken": str(start + self.page), "isLast": False}
        return {"issues": page, "isLast": True}

    def change(self, key, *, by="acc:octo", **fields):
        """Somebody changes it there: a person, or we through the API."""
        issue = next(one for one in self.issues.values() if one["key"] == key)
        before = copy.deepcopy(issue["fields"])
        if "status" in fields:
            name = fields["status"]
            fields["status"] = self._status(name)
            fields["resolution"] = {"name": name} if STATES[name] == "done" else None
        if "assignee" in fields:
            fields["assignee"] = self._user_of(fields["assignee"])
        issue["fields"] |= fields
        if issue["fields"] != before:
            issue["fields"]["updated"] = self._now()
            self._tell("jira:issue_updated", issue, by)

    def _tell(self, event, issue, by):
        told = {"timestamp": 1, "webhookEvent": event, "user": self._user(by), "issue": copy.deepcopy(issue)}
        body = json.dumps(told).encode()
        self.hooks.append((body, self.headers(body)))

    def headers(self, body):
        return {
            "x-atlassian-webhook-identifier": str(uuid.uuid4()),
            "x-hub-signature": signature(body),
            "content-type": "application/json",
        }

    def _status(self, name):
        return {"name": name, "statusCategory": {"key": STATES[name]}}

    def _user_of(self, given):
        return self._user(given["accountId"]) if given else None

    def _user(self, account):
        user = {"accountId": account, "accountType": "atlassian", "displayName": account.removeprefix("acc:")}
        return user | {"active": True}  # the address stays hidden, as with most accounts

    def _now(self):
        return f"{self.tick():%Y-%m-%dT%H:%M:%S}.000+0000"

    # ---- what people do there, in the words that both doubles know

    def the(self, key):
        fields = next(one["fields"] for one in self.issues.values() if one["key"] == key)
        names = {"To Do": "open", "In Progress": "doing", "Done": "closed", "Won't Do": "dropped"}
        owner = fields["assignee"]["accountId"] if fields["assignee"] else None
        state = names[fields["status"]["name"]]
        return {"title": fields["summary"], "state": state, "owner": owner, "due": fields["duedate"]}

    def close(self, key, by="acc:octo"):
        self.change(key, by=by, status="Done")

    def drop(self, key, by="acc:octo"):
        self.change(key, by=by, status="Won't Do")

    def reopen(self, key, by="acc:octo"):
        self.change(key, by=by, status="To Do")

    def assign(self, key, account, by="acc:octo"):
        self.change(key, by=by, assignee={"accountId": account} if account else None)

    def move(self, key, day, by="acc:octo"):
        self.change(key, by=by, duedate=day)

    def rename(self, key, title, by="acc:octo"):
        self.change(key, by=by, summary=title)

    def delete(self, key, by="acc:octo"):
        issue = next(one for one in self.issues.values() if one["key"] == key)
        self._tell("jira:issue_deleted", self.issues.pop(issue["id"]), by)

    def said(self, key):
        bodies = [one["body"] for one in self.comments.get(key, [])]
        return [
            "".join(words["text"] for part in body["content"] for words in part["content"]) for body in bodies
        ]
