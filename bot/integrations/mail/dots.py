"""Which mails had their last dot: written so that it outlives the process, and read by the next one.

A mapped file is the kernel's from the moment of the store: kill -9 takes it not back, a power cut does.
So what it does not say is believed only where it was written by that very life since this machine started.
"""

import fcntl
import mmap
import struct
from pathlib import Path

from bot.lib.errors import Refused

BOOT = Path("/proc/sys/kernel/random/boot_id")
HEAD, SLOT = struct.Struct("<40s40s"), struct.Struct("<q")


class NoRoom(Refused):
    """The data folder cannot be written. Set CLOSEOUT_DATA_DIR to a folder of its own, then start again."""


class Busy(Exception):
    """Another process on this machine writes these dots: it sends, and we do not."""


class Dots:
    """One slot for each line; it holds the delivery whose dot was sent last. Raises Busy, and NoRoom."""

    def __init__(self, folder: Path, life: str, lines: int) -> None:
        self.life, self._boot = life, boot()
        path = folder / "mail.dots"
        try:
            self._lock = (folder / "mail.lock").open("wb")
            fcntl.flock(
                self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB
            )  # the kernel gives it back, also after kill -9
            self._before = _read(path)
            with path.open("wb+") as file:
                file.write(HEAD.pack(self._boot, life.encode()) + b"\0" * SLOT.size * lines)
                file.flush()
                self._map = mmap.mmap(file.fileno(), 0)
        except BlockingIOError:
            self._lock.close()
            raise Busy from None
        except OSError as error:
            raise NoRoom(f"{NoRoom.__doc__} ({error.strerror})") from None

    def mark(self, line: int, id: int) -> None:
        """The very next thing is the dot: one store, in which no other thread has its turn."""
        SLOT.pack_into(self._map, HEAD.size + line * SLOT.size, id)

    def had_none(self, id: int, life: str) -> bool:
        """Is it sure that this delivery, taken by that life, had no dot?"""
        if life == self.life:
            return id not in _ids(bytes(self._map))
        before, writer, ids = self._before
        return bool(before) and before == self._boot and life == writer and id not in ids

    def close(self) -> None:
        self._map.close()
        self._lock.close()


def boot() -> bytes:
    """Changes when the machine starts; empty where no machine says so, and then nothing is believed."""
    try:
        return BOOT.read_bytes().strip()
    except OSError:
        return b""


def _read(path: Path) -> tuple[bytes, str, set[int]]:
    try:
        kept = path.read_bytes()
        boot, life = HEAD.unpack_from(kept)
    except (OSError, struct.error):
        return b"", "", set()
    return boot.rstrip(b"\0"), life.rstrip(b"\0").decode("ascii", "replace"), _ids(kept)


def _ids(kept: bytes) -> set[int]:
    whole = (len(kept) - HEAD.size) // SLOT.size * SLOT.size
    return {id for (id,) in SLOT.iter_unpack(kept[HEAD.size : HEAD.size + whole])}
