"""Lists come in pages: `limit` and `cursor` in, `next_cursor` and a Link header out."""

from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import BaseModel

from bot.lib.db import LARGEST
from bot.web.api.problems import Mistaken

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=200, description="How many, at most.")]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before.")]


class Page(BaseModel, Generic[T]):
    """Some of a list. `next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None = None


def before(cursor: str | None) -> int | None:
    """A cursor is the number of the last thing seen; whoever makes one up is told so."""
    if cursor is None:
        return None
    if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 15 or int(cursor) > LARGEST:
        raise Mistaken(f"{cursor!r} is no cursor. Take `next_cursor` of the page before.")
    return int(cursor)


def paged(
    items: Sequence[T], key: Callable[[T], int], limit: int, cursor: str | None
) -> tuple[list[T], str | None]:
    """A page out of a list that is at hand, in its own order, from behind the thing that the cursor names."""
    start, last = 0, before(cursor)
    if last is not None:
        place = next((n for n, item in enumerate(items) if key(item) == last), None)
        if place is None:
            raise Mistaken(f"Nothing stands at the cursor {cursor!r} any more. Begin again without one.")
        start = place + 1
    shown = list(items[start : start + limit])
    return shown, str(key(shown[-1])) if start + limit < len(items) else None


def link(request: Request, response: Response, next_cursor: str | None) -> None:
    """RFC 8288: where the next page is."""
    if next_cursor:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        where = f"{request.url.path}?{urlencode([*asked, ('cursor', next_cursor)])}"
        response.headers["Link"] = f'<{where}>; rel="next"'
