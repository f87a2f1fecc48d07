"""A fact reaches each listener once, in order, at once: DBOS carries what a transaction owes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

from bot.lib.db import READING
from bot.lib.facts import Ear, Listeners

P = ParamSpec("P")
T = TypeVar("T")


class Courier:
    """One for each process."""

    def __init__(self, engine: sa.Engine, listeners: Listeners, info: dict[str, Any] | None = None) -> None:
        self.engine = engine
        self.listeners = listeners
        self.info = {**(info or {}), "listeners": listeners}

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Around one verb, in a thread. Its facts are on their way when it ends."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            session.info.update(self.info)
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Around queries: it takes no lock, and nothing that is changed in it is kept."""
        with Session(self.engine.execution_options(**READING), expire_on_commit=False) as session:
            session.info.update(self.info)
            yield session

    async def run(self, verb: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in a thread, in a transaction of its own."""
        raise NotImplementedError

    async def ask(self, query: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query in a thread, in a read-only session."""
        raise NotImplementedError

    async def open(self) -> None:
        raise NotImplementedError

    async def close(self) -> None:
        raise NotImplementedError

    async def give(self, *ears: Ear) -> None:
        raise NotImplementedError

    async def sweep(self) -> None:
        raise NotImplementedError

    async def hear(self, ear: Ear) -> Ear | None:
        raise NotImplementedError
