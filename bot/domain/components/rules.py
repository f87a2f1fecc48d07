"""Which components there are, and what is meant by their names. Pure: no session, no clock, no I/O."""

import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping

from bot.domain.company import Company, Component
from bot.domain.components.model import WORST_LAST, ComponentState
from bot.lib.choices import NoSuchChoice

KEY_MAX = 40


class NoSuchComponent(NoSuchChoice):
    """There is no such component. Nothing was published."""


def slug(name: str) -> str:
    """The key of a component that closeout.toml only names: the same name has the same key for ever."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:KEY_MAX].rstrip("-")
    return words or f"component-{zlib.crc32(name.strip().encode()):08x}"


def known(company: Company) -> list[Component]:
    """Those of closeout.toml in its order, then those that only its services name."""
    found = {one.key: one for one in company.components}
    names = {one.name.lower() for one in company.components}
    for service in company.services:
        name = (service.component or "").strip()
        key = slug(name)
        if name and name not in found and name.lower() not in names and key not in found:
            found[key] = Component(key=key, name=name[:80])
    return list(found.values())


def find(company: Company, text: str) -> Component:
    """The component of that key or name. Raises NoSuchComponent, which names the right ones."""
    found, word = known(company), text.strip()
    for one in found:
        if word == one.key or word.lower() == one.name.lower() or slug(word) == one.key:
            return one
    if not found:
        raise NoSuchComponent(
            f"{word!r} is no component: none is set up in closeout.toml. Nothing was published."
        )
    names = ", ".join(one.name for one in found)
    raise NoSuchComponent(f"{word!r} is no component. Choose one of: {names}. Nothing was published.")


def name_of(company: Company, key: str) -> str:
    """Its name; the key itself, once it has left closeout.toml."""
    return next((one.name for one in known(company) if one.key == key), key)


def of_services(company: Company, services: Iterable[str]) -> list[Component]:
    """What customers see of these services; not every service shows."""
    named = {service.key: service.component for service in company.services}
    found = [find(company, name) for key in services if (name := named.get(key))]
    return list({one.key: one for one in found}.values())


def parse_states(company: Company, said: Mapping[str, str]) -> dict[str, ComponentState]:
    """Component key -> state, of names and words as people write them. Raises Refused for what is unknown."""
    return {find(company, name).key: ComponentState.parse(state) for name, state in said.items()}


def worst(states: Iterable[str]) -> ComponentState:
    """The worst of them; of none: operational."""
    return max(map(ComponentState, states), key=WORST_LAST.index, default=ComponentState.OPERATIONAL)
