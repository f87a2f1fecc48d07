"""What goes wrong, as RFC 9457 problem details: one sentence for a person, one status for a program."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, get_args

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.domain.actions import NotYours
from bot.domain.company import BadCompany
from bot.domain.feedback import NoReason, NothingSaid, NoWords, TooMuch
from bot.domain.incidents.rules import Missing, TooLong
from bot.domain.people import NotAllowed
from bot.lib.choices import NoSuchChoice
from bot.lib.errors import Refused
from bot.lib.spans import BadSpan

log = logging.getLogger(__name__)
# By the beginning of pydantic's name for what is wrong; the longer first.
LIKE = {"datetime": "2026-03-02T10:05:00Z", "timezone": "2026-03-02T10:05:00Z", "date": "2026-03-31"}
SAID_WRONG = (NoSuchChoice, Missing, TooLong, BadSpan, BadCompany, NothingSaid, TooMuch, NoWords, NoReason)


class Problem(BaseModel):
    """RFC 9457. `errors` says which part of the input is wrong."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []


class Unknown(Refused):
    """Send a bearer token: Authorization: Bearer <token>. Make one with: closeout token create NAME"""


class Mistaken(Refused):
    """What was sent cannot be understood."""


def status_of(refusal: Refused) -> int:
    """404: not there. 403: not allowed. 422: wrong words. All else is 409: not in this state."""
    if isinstance(refusal, Unknown):
        return 401
    if isinstance(refusal, NotAllowed | NotYours):
        return 403
    if isinstance(refusal, SAID_WRONG) or type(refusal).__name__.startswith(("Bad", "Mistaken")):
        return 422
    if type(refusal).__name__ == "NoSuchPerson":
        return 422
    return 404 if type(refusal).__name__.startswith("NoSuch") else 409


def answer(
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    kept = {**(headers or {})}
    if status == 401:
        kept["WWW-Authenticate"] = 'Bearer realm="Closeout"'
    return JSONResponse(body, status, kept, media_type="application/problem+json")


def refused(_: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refused)
    return answer(status_of(refusal), str(refusal))


def http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    said = {
        404: f"There is nothing at {request.url.path}. What there is stands in /api/docs.",
        405: f"{request.method} does not work at {request.url.path}. What does stands in /api/docs.",
    }
    return answer(error.status_code, said.get(error.status_code, str(error.detail)), headers=error.headers)


def invalid(request: Request, error: Exception) -> JSONResponse:
    """Input that does not have the shape which it must have; each fault with the place where it stands."""
    assert isinstance(error, RequestValidationError)
    known = _fields_of(request)
    faults = [_fault(each, known) for each in error.errors()]
    status = 400 if any(each["type"] == "json_invalid" for each in error.errors()) else 422
    detail = " ".join(fault["detail"] for fault in faults) + " Nothing was changed."
    return answer(status, detail, errors=faults)


def _fields_of(request: Request) -> list[str]:
    body = getattr(request.scope.get("route"), "body_field", None)
    said = getattr(getattr(body, "field_info", None), "annotation", None)
    models = get_args(said) or (said,)  # a body that may be left out is `Model | None`
    return [name for model in models for name in getattr(model, "model_fields", {})]


def _fault(error: Mapping[str, Any], known: list[str]) -> dict[str, str]:
    place = [str(part) for part in error["loc"]]
    name = ".".join(place[1:]) or place[0]
    said = {
        "extra_forbidden": f"{name!r} is no field here. Known are: {', '.join(known)}.",
        "missing": f"{name!r} is missing.",
        "json_invalid": "The body is no valid JSON.",
    }
    example = next((LIKE[kind] for kind in LIKE if str(error["type"]).startswith(kind)), "")
    if example:
        said[error["type"]] = f"{name!r} cannot be read. Write it like {example}."
    reason = str(error["msg"]).removeprefix("Value error, ").rstrip(".")
    detail = said.get(error["type"], f"{name!r} cannot be used: {reason}.")
    return {"pointer": "#/" + "/".join(place[1:]), "in": place[0], "detail": detail}


def database_away(_: Request, error: Exception) -> JSONResponse:
    log.error("The database does not answer", exc_info=error)
    said = "The database does not answer at the moment. Nothing was changed; try again shortly."
    return answer(503, said, headers={"Retry-After": "5"})


def broken(_: Request, _error: Exception) -> JSONResponse:
    """The server logs the error; who called learns nothing of our inside."""
    return answer(500, "Closeout broke while it worked on this. It is in the log. Nothing was changed.")


def install(app: FastAPI) -> None:
    """Whatever goes wrong is answered in this one form."""
    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(OperationalError, database_away)
    app.add_exception_handler(DBAPIError, _by_state)
    app.add_exception_handler(Exception, broken)


def _by_state(request: Request, error: Exception) -> JSONResponse:
    """A connection that was lost is not a bug; any other complaint of the database is."""
    assert isinstance(error, DBAPIError)
    if error.connection_invalidated:
        return database_away(request, error)
    log.error("The database refused a statement", exc_info=error)
    return broken(request, error)
