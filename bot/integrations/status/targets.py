"""Where a copy can be put: a folder, or an address that takes PUT. A reader never sees half of a file."""

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Protocol

from bot.lib.errors import DeliveryError
from bot.lib.http import Http

Files = dict[str, bytes]  # in the order in which they are put: what is linked to is there first
FIRST = "index.html"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rss": "application/rss+xml; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}
MONTH = re.compile(r"history/\d{4}-\d{2}\.html")
AT_ONCE = 4  # requests


class Target(Protocol):
    name: str  # what is said of it; holds no secret

    async def put(self, files: Files) -> int:
        """Answers how many files were new. Raises DeliveryError."""

    async def look(self) -> bool:
        """Does a first page lie there? Raises DeliveryError."""


class Folder:
    """Each file is written beside its place and moved there, which is one step for whoever reads it."""

    def __init__(self, path: str) -> None:
        self.path = Path(path).expanduser()
        self.name = str(self.path)

    async def put(self, files: Files) -> int:
        return await asyncio.to_thread(self._put, files)

    async def look(self) -> bool:
        if self.path.exists() and not os.access(self.path, os.W_OK | os.X_OK):
            raise DeliveryError(f"{self.name} cannot be written to")
        return (self.path / FIRST).is_file()

    def _put(self, files: Files) -> int:
        try:
            count = sum(self._write(self.path / name, body) for name, body in files.items())
            self._sweep(files)
        except OSError as error:
            raise DeliveryError(f"{self.name} cannot be written: {error.strerror}") from None
        return count

    def _write(self, place: Path, body: bytes) -> bool:
        if place.is_file() and place.read_bytes() == body:
            return False
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=place.parent, prefix=".closeout-", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(body)
            os.chmod(beside, 0o644)  # whoever serves it is somebody else
            os.replace(beside, place)
        finally:
            Path(beside).unlink(missing_ok=True)  # it has moved, unless something went wrong
        return True

    def _sweep(self, files: Files) -> None:
        """Months that are not shown any more, and what a crash left behind."""
        for path in [*self.path.glob("history/*.html"), *self.path.rglob(".closeout-*.part")]:
            name = path.relative_to(self.path).as_posix()
            if name not in files and (MONTH.fullmatch(name) or path.suffix == ".part"):
                path.unlink(missing_ok=True)


class Bucket:
    """Objects under one address; a past month that is as we put it last is not sent again."""

    def __init__(self, http: Http, address: str, token: str = "") -> None:
        self.http, self.address, self.token = http, address.rstrip("/") + "/", token
        self.name = self.address
        self._put_last: dict[str, str] = {}

    async def put(self, files: Files) -> int:
        new = {name: body for name, body in files.items() if self._is_new(name, body)}
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._send(name, new[name], room) for name in new if name != FIRST))
        if FIRST in new:
            await self._send(FIRST, new[FIRST], room)
        return len(new)

    def _is_new(self, name: str, body: bytes) -> bool:
        return not MONTH.fullmatch(name) or self._put_last.get(name) != _sum(body)

    async def _send(self, name: str, body: bytes, room: asyncio.Semaphore) -> None:
        headers = {
            "Content-Type": KINDS[Path(name).suffix],
            "Cache-Control": "public, max-age=15, stale-if-error=86400",
            **({"Authorization": f"Bearer {self.token}"} if self.token else {}),
        }
        async with room:
            await self.http.put(f"{self.address}{name}", content=body, headers=headers)
        self._put_last[name] = _sum(body)

    async def look(self) -> bool:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            await self.http.request("HEAD", f"{self.address}{FIRST}", headers=headers)
        except DeliveryError as error:
            if " answered 404" in str(error):
                return False
            raise
        return True


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
