"""What the doubles of both trackers have in common: strict ears, faults, a clock, and webhooks that wait."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import httpx
import jsonschema

SECRET = "hook-secret"


class Answer(Exception):
    """Ends a call with this status."""

    def __init__(self, status, body=None, headers=None):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers or {}


class Tracker:
    """Subclasses route calls. `problems` holds each call that the published API would not have understood."""

    def __init__(self):
        self.calls, self.problems, self.hooks, self.faults = [], [], [], []
        self.at = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
        self.issues = {}

    @property
    def writes(self):
        return [call for call in self.calls if call[0] != "GET" and not call[1].endswith("/search/jql")]

    def transport(self):
        return httpx.MockTransport(self._hear)

    def _hear(self, request):
        body = json.loads(request.content) if request.content else None
        self.calls.append((request.method, request.url.path, body))
        if self.faults:
            fault = self.faults.pop(0)
            if callable(fault):
                return fault(lambda: self._answer(request, body))
            if fault is not None:
                return httpx.Response(**fault)
        return self._answer(request, body)

    def _answer(self, request, body):
        try:
            status, told = self.route(request, body)
        except Answer as end:
            return httpx.Response(end.status, json=end.body or {"message": "no"}, headers=end.headers)
        return httpx.Response(status, json=told) if told is not None else httpx.Response(status)

    def insist(self, is_right, what):
        if not is_right:
            self.problems.append(what)
            raise Answer(400, {"message": what})

    def check(self, shape, value, what):
        for error in jsonschema.Draft202012Validator(shape).iter_errors(value):
            self.insist(False, f"{what}: {error.message}"[:300])

    def tick(self, seconds=1):
        self.at += timedelta(seconds=seconds)
        return self.at

    def deliveries(self):
        """What waits to be told, and is told now."""
        told, self.hooks = self.hooks, []
        return told


def signature(body, secret=SECRET):
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
