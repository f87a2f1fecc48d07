"""Notes of several lines in one commit: each waits for its own, and who has the turn commits for all."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.lib.courier import Courier

Note = Callable[[Session], Any]


class Ledger:
    """`write` returns when what it wrote is committed, and so is what others wrote meanwhile."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self._turn, self._lock = threading.Lock(), threading.Lock()
        self._waiting: list[tuple[Note, Future[Any]]] = []

    def write(self, note: Note) -> Any:
        """What the note answers. Raises what the transaction raised, for all who were in it."""
        answer: Future[Any] = Future()
        with self._lock:
            self._waiting.append((note, answer))
        with self._turn:
            if not answer.done():
                self._commit()
        return answer.result()

    def _commit(self) -> None:
        with self._lock:
            taken, self._waiting = self._waiting, []
        try:
            with self.courier.transaction() as session:
                said = [note(session) for note, _ in taken]
        except SQLAlchemyError as error:
            for _, answer in taken:
                answer.set_exception(error)
        else:
            for (_, answer), each in zip(taken, said, strict=True):
                answer.set_result(each)
