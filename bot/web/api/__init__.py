"""The REST interface, /api/v1: each module here with a `router` is a part of it."""

import sys
from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.lib.clock import Clock
from bot.lib.courier import Courier
from bot.lib.plugins import modules_in
from bot.web.api import problems
from bot.web.api.desk import Door
from bot.web.api.problems import Problem
from bot.web.look import Look

ABOUT = (
    "Everything that can be said in Slack can be said here. Send `Authorization: Bearer <token>`; "
    "make a token with `closeout token create NAME`. Errors are problem details (RFC 9457). "
    "Lists are paged: follow `Link: rel=next`."
)
FIRST = ("Incidents", "Steps of an incident", "Timeline")
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "content": {"application/problem+json": {}}, "description": said}
    for status, said in {
        401: "No token, or one that opens nothing",
        403: "Not allowed",
        404: "Not there, or not for you",
        409: "Not in this state; `detail` says what to do",
        422: "Not understood; `detail` says what would be right",
    }.items()
}


def build(courier: Courier, clock: Clock, api_token: str, look: Look) -> ASGIApp:
    """The application that is mounted at /api."""
    app, behind = _described(), {"door": Door(courier, clock, api_token), "look": look}

    async def enter(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, **behind}, receive, send)

    return enter


@cache
def _described() -> FastAPI:
    """Once for each process, for it takes long: who stands behind it comes with each request."""
    app = FastAPI(
        title="Closeout",
        version="1",
        description=ABOUT,
        docs_url=None,  # these load scripts from a foreign host; ours needs none
        redoc_url=None,
        responses=PROBLEMS,
        servers=[{"url": "/api"}],
        root_path_in_servers=False,
        redirect_slashes=False,
    )
    for module in modules_in(sys.modules[__name__]):
        if router := getattr(module, "router", None):
            app.include_router(router, prefix="/v1")
    problems.install(app)

    @app.get("/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        look: Look = request.scope["look"]
        return look.page("api.html.j2", {"api": app.openapi(), "ways": ways(app.openapi())})

    return app


def ways(api: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Tag -> its operations, what is needed first coming first."""
    found: dict[str, list[dict[str, Any]]] = {tag: [] for tag in FIRST}
    for path, operations in api["paths"].items():
        for method, operation in operations.items():
            way = {"method": method.upper(), "path": f"/api{path}", "summary": operation["summary"]}
            way["says"] = operation.get("description", "")
            way["asks"] = [one for one in operation.get("parameters", []) if one["in"] != "path"]
            way["fields"] = _fields(api, operation)
            found.setdefault((operation.get("tags") or ["More"])[0], []).append(way)
    return found


def _fields(api: dict[str, Any], operation: dict[str, Any]) -> list[dict[str, Any]]:
    """What the body of this operation may hold."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = next((part["$ref"] for part in [body, *body.get("anyOf", [])] if "$ref" in part), "").rpartition(
        "/"
    )[2]
    schema = api.get("components", {}).get("schemas", {}).get(name, {})
    required = schema.get("required", [])
    return [
        {"name": key, "required": key in required, "says": value.get("description", "")}
        for key, value in schema.get("properties", {}).items()
    ]
