"""A PostgreSQL cluster that is thrown away, from the binaries that are installed here."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MISSING = (
    "These tests need PostgreSQL: install its server (Debian: apt-get install postgresql), "
    "or set DATABASE_URL to a server where databases may be created."
)
PLACES = ("opt/homebrew/opt/postgresql@*/bin", "usr/pgsql-*/bin", "usr/lib/postgresql/*/bin")
# It outlives no machine, so it need not wait for the disk; what is committed still outlives a kill.
FLEETING = "-c fsync=off -c full_page_writes=off"
# PostgreSQL refuses to run as root.
NOT_ROOT = ("postgres", "nobody")


class Cluster:
    """Its folder, and the person who runs it."""

    def __init__(self, folder: Path, options: str = "") -> None:
        self.folder, self.options = folder, options
        self.user = ordinary_user() if os.getuid() == 0 else None
        self.port = free_port()

    @classmethod
    @contextmanager
    def started(cls, options: str = "") -> Iterator[str]:
        # Not among the folders of pytest: it closes them to others whenever it starts somewhere.
        with tempfile.TemporaryDirectory(prefix="closeout-postgres-") as folder:
            cluster = cls(Path(folder), options)
            cluster.start()
            try:
                yield f"postgresql://closeout@127.0.0.1:{cluster.port}/postgres"
            finally:
                cluster.run("pg_ctl", "-D", str(cluster.data), "-m", "immediate", "stop")

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)
        self.run("initdb", "-D", str(self.data), "-U", "closeout", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -h 127.0.0.1 -k '' -c max_connections=300 {self.options}"
        log = str(self.folder / "log")
        self.run("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", log, "-o", options, "start")

    def run(self, program: str, *arguments: str) -> None:
        result = subprocess.run(
            [binary(program), *arguments],
            user=self.user,
            cwd=self.folder,
            env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"{program} failed: {(result.stdout or b'').decode()[-2000:]}")


def binary(name: str) -> str:
    """From the PATH, or from where the packages of the systems put it."""
    if found := shutil.which(name):
        return found
    installed = [str(path) for place in PLACES for path in sorted(Path("/").glob(f"{place}/{name}"))]
    if installed:
        return installed[-1]
    raise RuntimeError(MISSING)


def ordinary_user() -> str:
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in NOT_ROOT if name in names)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
