"""Reading closeout.toml; what is wrong in it is named with its line and a remedy."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.domain.company.model import Company
from bot.domain.company.parts import SHAPES
from bot.lib.errors import Refused

HEAD = re.compile(r"^\s*\[+\s*([\w.-]+)\s*\]")


class BadCompany(Refused):
    """closeout.toml cannot be read. Mend it, then start again."""


def load(path: Path | None) -> Company:
    """Read closeout.toml, or take the defaults. Raises BadCompany with file, line, remedy."""
    if path is None:
        return Company()
    try:
        text = path.read_text(encoding="utf-8")
        return Company.model_validate(tomllib.loads(text))
    except OSError as error:
        raise BadCompany(
            f"{path} cannot be read: {error.strerror}. Mend CLOSEOUT_CONFIG, then start again."
        ) from None
    except UnicodeDecodeError:
        raise BadCompany(f"{path} is not UTF-8 text. Save it as UTF-8, then start again.") from None
    except tomllib.TOMLDecodeError as error:
        raise BadCompany(f"{path}: {error}. Mend that line, then start again.") from None
    except ValidationError as error:
        raise BadCompany(_explain(path, text, error)) from None


def _explain(path: Path, text: str, error: ValidationError) -> str:
    first: Any = error.errors()[0]
    place = [part for part in first["loc"] if isinstance(part, str | int)]
    name = ".".join(str(part) for part in place)
    what = _what(first, place)
    line = line_of(text, place) if place else _line_named_in(text, what)
    return f"{path}, line {line}: {name or 'the file'}: {what}. Mend it, then start again."


def _what(error: Any, place: list[Any]) -> str:
    if error["type"] == "extra_forbidden":
        return f"{place[-1]!r} is no setting here"
    if error["type"] == "missing":
        return f"{place[-1]!r} is missing"
    if error["type"] == "string_pattern_mismatch":
        return f"{error['input']!r} cannot be read; {SHAPES[error['ctx']['pattern']]}"
    return str(error["msg"]).removeprefix("Value error, ")


def line_of(text: str, place: list[Any]) -> int:
    """The line a person should look at: the n-th table of that name, then the key in it."""
    lines, at, tables = text.splitlines(), 0, [part for part in place if isinstance(part, str)]
    nth = next((part for part in place if isinstance(part, int)), 0)
    heads = [n for n, line in enumerate(lines) if (head := HEAD.match(line)) and head[1] == tables[0]]
    if heads:
        at = heads[min(nth, len(heads) - 1)]
    for word in tables[1:] if heads else tables:
        key = re.compile(rf"(^|[{{,.\[\s]){re.escape(word)}\s*[=.\]]")
        at = next((n for n in range(at, len(lines)) if key.search(lines[n])), at)
    return at + 1


def _line_named_in(text: str, what: str) -> int:
    """The last line that holds the word which does not fit with the rest."""
    word = re.search(r"'([^']+)'", what)
    found = [n for n, line in enumerate(text.splitlines(), 1) if word and f'"{word[1]}"' in line]
    return found[-1] if found else 1
