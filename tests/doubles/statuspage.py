"""One page of Statuspage, strict: what its published definition does not allow is refused."""

import itertools
import json
from collections import deque
from pathlib import Path

from jsonschema import Draft202012Validator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.running import Served

SHAPES = json.loads((Path(__file__).parent.parent / "integrations/data/statuspage.json").read_text())
PAGE, TOKEN = "kctbh9vrtdwd", "page-token"


class Statuspage:
    """Start it with `with`. `faults` are taken one for each call: a status, `cut before` or `cut after`."""

    def __init__(self, *components):
        self.components = {f"comp{n}": name for n, name in enumerate(components, 1)}
        self.states = dict.fromkeys(self.components, "operational")
        self.incidents, self.calls, self.notified = {}, [], []
        self.faults, self.ids = deque(), itertools.count(1)

    @property
    def app(self):
        routes = [Route("/v1/pages/{page}/{path:path}", self.serve, methods=["GET", "POST", "PATCH"])]
        return Starlette(routes=routes)

    def __enter__(self):
        self.served = Served(self.app)
        self.url = self.served.__enter__().url
        return self

    def __exit__(self, *problem):
        self.served.__exit__(*problem)

    @property
    def env(self):
        return {
            "STATUSPAGE_API_TOKEN": TOKEN,
            "STATUSPAGE_PAGE_ID": PAGE,
            "STATUSPAGE_API_URL": f"{self.url}/v1",
        }

    async def serve(self, request: Request) -> Response:
        path, fault = request.path_params["path"], self.faults.popleft() if self.faults else None
        self.calls.append(f"{request.method} {path.split('/')[0]}")
        if fault == "cut before":
            request.state.transport.abort()
        if isinstance(fault, int):
            return said(fault, {"error": "somebody broke it"}, **{"retry-after": "0"})
        if isinstance(fault, str) and not fault.startswith("cut"):
            return Response(fault, 200)
        answer = self.answer(request, path, await request.body())
        if fault == "cut after":
            request.state.transport.abort()
        return answer

    def answer(self, request, path, body):
        if request.headers.get("authorization") != f"OAuth {TOKEN}":
            return said(401, {"error": "Could not authenticate"})
        if request.path_params["page"] != PAGE:
            return said(404, {"error": "Not found"})
        match request.method, path.split("/"):
            case "GET", ["components"]:
                return said(
                    200, [{"id": id, "name": name, "group": False} for id, name in self.components.items()]
                )
            case "GET", ["incidents"]:
                return said(200, list(self.incidents.values())[::-1][: int(request.query_params["limit"])])
            case "POST", ["incidents"]:
                return self.create(json.loads(body))
            case method, ["incidents", id] if id in self.incidents:
                return said(200, self.incidents[id]) if method == "GET" else self.change(id, json.loads(body))
        return said(404, {"error": "Not found"})

    def create(self, body):
        if wrong := self.wrong("create", body):
            return said(422, {"error": wrong})
        id = f"inc{next(self.ids)}"
        self.incidents[id] = {"id": id, "incident_updates": [], "shortlink": f"https://stspg.example/{id}"}
        self.take(id, body["incident"])
        return said(201, self.incidents[id])

    def change(self, id, body):
        if wrong := self.wrong("change", body):
            return said(422, {"error": wrong})
        self.take(id, body["incident"])
        return said(200, self.incidents[id])

    def wrong(self, what, body):
        """All that its definition and its documentation object to."""
        problems = [error.message for error in Draft202012Validator(SHAPES[what]).iter_errors(body)]
        given = body.get("incident", {})
        problems += [f"no component {id}" for id in given.get("components", {}) if id not in self.components]
        problems += [
            f"no component {id}" for id in given.get("component_ids", []) if id not in self.components
        ]
        if not all(isinstance(value, dict) for value in given.get("metadata", {}).values()):
            problems.append("metadata: all top-level values must be objects")
        if len(given.get("name", "")) > 255:
            problems.append("Name is too long (maximum is 255 characters)")
        return problems

    def take(self, id, given):
        incident = self.incidents[id]
        incident.update({key: given[key] for key in ("name", "status", "metadata") if key in given})
        self.states.update(given.get("components", {}))
        incident["incident_updates"].insert(0, {"status": given["status"], "body": given["body"]})
        if given.get("deliver_notifications", True):
            self.notified.append(given["body"])

    def told(self, id):
        """Status and body of each update, the oldest first."""
        return [(one["status"], one["body"]) for one in reversed(self.incidents[id]["incident_updates"])]


def said(status, what, **headers):
    """One connection for each call, so that none is left open when a test ends."""
    return JSONResponse(what, status, {"connection": "close", **headers})
