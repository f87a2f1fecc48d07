"""Puts the sandbox together: a workspace in, an ASGI application out."""

from __future__ import annotations

import functools
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.sandbox.answers import NotPossible
from bot.sandbox.api import Api
from bot.sandbox.control import Control
from bot.sandbox.control_weather import show_conditions
from bot.sandbox.control_world import WorldScreens
from bot.sandbox.deliver import Deliveries
from bot.sandbox.eyes import Eyes
from bot.sandbox.hands import Hands
from bot.sandbox.hooks import HookDoors
from bot.sandbox.neighbours import OwnPages
from bot.sandbox.openid import OpenId
from bot.sandbox.pages import Pages
from bot.sandbox.scheduler import Scheduler
from bot.sandbox.screens import Screens
from bot.sandbox.socketmode import Sockets
from bot.sandbox.workspace import Workspace

importlib.import_module("bot.sandbox.control_channels")
importlib.import_module("bot.sandbox.control_page")


def build(workspace: Workspace, host: str = "127.0.0.1") -> Starlette:
    """Returns the application, which listens on `host`; everything in it lives as long as the workspace."""
    sockets = Sockets(workspace)
    deliveries = Deliveries(workspace, sockets)
    api = Api(workspace)
    Eyes(workspace)
    workspace.is_linked = lambda: bool(sockets.open)
    routes: list[BaseRoute] = [
        *WorldScreens(workspace).routes(),
        *OpenId(workspace).routes(),
        *_doors_for_the_bot(api, HookDoors(workspace, api), sockets),
        *_doors_for_people(Control(workspace, Hands(workspace, deliveries)), Screens(workspace)),
        *Pages(workspace).routes(),
    ]
    scheduler = Scheduler(workspace)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        scheduler.start()
        await workspace.world.start()
        yield
        await workspace.world.close()
        await scheduler.close()
        await deliveries.close()

    return Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[Middleware(OwnPages, host=host)],
        exception_handlers={NotPossible: _not_possible},
    )


def _doors_for_the_bot(api: Api, hooks: HookDoors, sockets: Sockets) -> list[Route | WebSocketRoute]:
    return [
        Route("/api/{method}", api.method, methods=["GET", "POST"]),
        Route("/response/{token}", hooks.respond, methods=["POST"]),
        Route("/upload/{id}", hooks.upload, methods=["POST", "PUT"]),
        Route("/files/{id}/{name:path}", hooks.file),
        WebSocketRoute("/link/", sockets.serve),
    ]


def _doors_for_people(control: Control, screens: Screens) -> list[Route]:
    return [
        Route("/sandbox/people", screens.people),
        Route("/sandbox/channels", screens.channels),
        Route("/sandbox/channels/{channel}", screens.channel),
        Route("/sandbox/views", screens.views),
        Route("/sandbox/home", screens.home, methods=["GET"]),
        Route("/sandbox/dms", screens.dms),
        Route("/sandbox/transcript", screens.transcript),
        Route("/sandbox/traffic", screens.traffic, methods=["GET"]),
        Route("/sandbox/traffic", screens.forget_traffic, methods=["DELETE"]),
        Route("/sandbox/events", screens.events),
        Route("/sandbox/conditions", functools.partial(show_conditions, control), methods=["GET"]),
        Route("/sandbox/{verb}", control.act, methods=["POST"]),
    ]


async def _not_possible(request: Request, problem: Exception) -> Response:
    # A browser logs each answer of 400 as an error of the page, which a refusal is not.
    if request.headers.get("x-page"):
        return JSONResponse({"refused": str(problem)})
    return JSONResponse({"error": str(problem)}, 400)
