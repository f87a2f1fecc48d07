"""A repository, bare or with a working tree, near or far, as the command `git` reaches it."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.lib.errors import DeliveryError

PATIENCE = 120  # seconds for one command
KEY = "Closeout-Publication"
AUTHOR = {"NAME": "Closeout", "EMAIL": "closeout@localhost"}
NO_SUCH_BRANCH = 2  # what ls-remote --exit-code answers
UPDATES_TREE = "git -c receive.denyCurrentBranch=updateInstead receive-pack"


@dataclass(frozen=True)
class Repository:
    """Commits are made in a clone that lives for one commit; only the push touches the repository."""

    address: str
    branch: str

    def commit(self, path: str, text: str, subject: str, key: str) -> str:
        """The id of the commit with this key; made where it is not there yet. Raises DeliveryError."""
        with tempfile.TemporaryDirectory(prefix="closeout-git-") as folder:
            here = Path(folder)
            _git(here, "init", "--quiet", f"--initial-branch={self.branch}")
            _git(here, "config", "remote.origin.url", self.address)
            if self._fetch(here) and (there := _found(here, key)):
                return there
            _put(here, path, text)
            _git(here, "add", "--force", "--", path)
            message = f"{subject}\n\n{KEY}: {key}"
            # Published again with the same words is a publication too.
            _git(here, "commit", "--quiet", "--no-verify", "--allow-empty", "--message", message)
            _git(here, "push", "--quiet", *self._ways(), "origin", f"HEAD:refs/heads/{self.branch}")
            return _git(here, "rev-parse", "HEAD").strip()

    def has_branch(self) -> bool:
        """Raises DeliveryError where the repository cannot be read."""
        with tempfile.TemporaryDirectory(prefix="closeout-git-") as folder:
            _git(Path(folder), "init", "--quiet")
            _git(Path(folder), "config", "remote.origin.url", self.address)
            return self._branch_is_there(Path(folder))

    def _fetch(self, here: Path) -> bool:
        if not self._branch_is_there(here):
            return False
        _git(here, "fetch", "--quiet", "--no-tags", "origin", f"refs/heads/{self.branch}")
        _git(here, "reset", "--quiet", "--hard", "FETCH_HEAD")
        return True

    def _branch_is_there(self, here: Path) -> bool:
        asked = ("ls-remote", "--exit-code", "origin", f"refs/heads/{self.branch}")
        return _run(here, *asked, may_answer=(0, NO_SUCH_BRANCH)).returncode == 0

    def _ways(self) -> list[str]:
        """A working tree near us follows the push, if nobody has changed anything in it."""
        return [f"--receive-pack={UPDATES_TREE}"] if (Path(self.address) / ".git").exists() else []


def git_is_there() -> bool:
    return shutil.which("git") is not None


def _put(here: Path, path: str, text: str) -> None:
    file = here / path
    if not file.resolve().is_relative_to(here.resolve()):
        raise DeliveryError(f"{path} lies outside of the repository: mend `folder` of [git] in closeout.toml")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeliveryError(f"{path} cannot be written: {error.strerror}") from error


def _found(here: Path, key: str) -> str:
    """The id of the commit that carries the key; nothing where there is none."""
    asked = ("log", "--fixed-strings", f"--grep={KEY}: {key}", f"--format=%H %(trailers:key={KEY},valueonly)")
    for line in _git(here, *asked).splitlines():
        id, _, said = line.partition(" ")
        if said.strip() == key:
            return id
    return ""


def _git(here: Path, *words: str) -> str:
    return _run(here, *words).stdout


def _run(here: Path, *words: str, may_answer: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    command = ["git", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", *words]
    try:
        done = subprocess.run(
            command, cwd=here, env=_surroundings(), capture_output=True, encoding="utf-8", errors="replace",
            timeout=PATIENCE, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise DeliveryError("the command git is not installed") from None
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"git {words[0]} did not end within {PATIENCE} s") from None
    if done.returncode not in may_answer:
        said = done.stderr.strip().splitlines()
        raise DeliveryError(f"git {words[0]}: {said[0] if said else f'it ended with {done.returncode}'}")
    return done


def _surroundings() -> dict[str, str]:
    """It asks nobody anything, and writes as Closeout, whoever runs it."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    said = {f"{who}_{what}": word for who in ("AUTHOR", "COMMITTER") for what, word in AUTHOR.items()}
    said |= {"TERMINAL_PROMPT": "0", "SSH_COMMAND": "ssh -oBatchMode=yes"}
    return bare | {f"GIT_{name}": word for name, word in said.items()}
