"""Rules of Block Kit that span several fields, elements or blocks."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.sandbox.contract.shapes import Faults, fault

Json = dict[str, Any]

MOST_MARKDOWN: Final = 12_000
MOST_OF_A_KIND: Final = {"table": 1, "data_visualization": 2}


def check_rules(blocks: list[Json], pointer: str) -> Faults:
    """Faults that a shape alone cannot show; the blocks are known to be objects with a type."""
    for number, block in enumerate(blocks):
        yield from _check_block(block, f"{pointer}/{number}")
    yield from _unique("block_id", [block.get("block_id") for block in blocks], pointer)
    yield from _focus(blocks, pointer)
    yield from _sums(blocks, pointer)


def elements_of(block: Json) -> Iterator[tuple[str, Json]]:
    """The elements of a block with their place in it."""
    for place in ("accessory", "element"):
        if isinstance(block.get(place), dict):
            yield place, block[place]
    if block.get("type") in ("actions", "context", "context_actions"):
        for number, element in enumerate(_listed(block, "elements")):
            if isinstance(element, dict):
                yield f"elements/{number}", element


def _check_block(block: Json, pointer: str) -> Faults:
    rule = BLOCK_RULES.get(str(block.get("type")))
    if rule:
        yield from rule(block, pointer)
    placed = list(elements_of(block))
    for place, element in placed:
        rule = ELEMENT_RULES.get(str(element.get("type")))
        if rule:
            yield from rule(element, f"{pointer}/{place}")
    yield from _unique("action_id", [element.get("action_id") for _, element in placed], pointer)


def _unique(name: str, ids: list[Any], pointer: str) -> Faults:
    counted = Counter(given for given in ids if isinstance(given, str))
    for given, times in counted.items():
        if times > 1:
            yield fault(pointer, f"{name} must be unique, and {given} stands {times} times")


def _focus(blocks: list[Json], pointer: str) -> Faults:
    focused = [1 for block in blocks for _, element in elements_of(block) if element.get("focus_on_load")]
    if len(focused) > 1:
        yield fault(pointer, "only one element may have focus_on_load")


def _sums(blocks: list[Json], pointer: str) -> Faults:
    markdown = sum(len(str(block.get("text", ""))) for block in blocks if block.get("type") == "markdown")
    if markdown > MOST_MARKDOWN:
        yield fault(pointer, f"markdown blocks must be less than {MOST_MARKDOWN + 1} characters in all")
    counted = Counter(str(block.get("type")) for block in blocks)
    for kind, most in MOST_OF_A_KIND.items():
        if counted[kind] > most:
            yield fault(pointer, f"no more than {most} {kind} blocks allowed")


def _one_of(first: str, second: str) -> Callable[[Json, str], Faults]:
    def rule(value: Json, pointer: str) -> Faults:
        if (value.get(first) is None) == (value.get(second) is None):
            yield fault(pointer, f"must have exactly one of {first} and {second}")

    return rule


def _section(block: Json, pointer: str) -> Faults:
    if block.get("text") is None and block.get("fields") is None:
        yield fault(pointer, "missing required field: text or fields")


def _static_select(element: Json, pointer: str) -> Faults:
    yield from _one_of("options", "option_groups")(element, pointer)
    yield from _initial(element, pointer)


def _initial(element: Json, pointer: str) -> Faults:
    offered = offered_options(element)
    single = element.get("initial_option")
    if single is not None and single not in offered:
        yield fault(f"{pointer}/initial_option", "must exactly match one of the options")
    for number, option in enumerate(_listed(element, "initial_options")):
        if option not in offered:
            yield fault(f"{pointer}/initial_options/{number}", "must exactly match one of the options")


def offered_options(element: Json) -> list[Json]:
    """All options of a menu, in groups or not."""
    groups = [group for group in _listed(element, "option_groups") if isinstance(group, dict)]
    grouped = [option for group in groups for option in _listed(group, "options")]
    return [option for option in _listed(element, "options") + grouped if isinstance(option, dict)]


def _listed(value: Json, name: str) -> list[Any]:
    listed = value.get(name)
    return listed if isinstance(listed, list) else []


def _text_input(element: Json, pointer: str) -> Faults:
    least, most = element.get("min_length"), element.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield fault(f"{pointer}/min_length", "must not be more than max_length")


def _number_input(element: Json, pointer: str) -> Faults:
    least, most = _float(element.get("min_value")), _float(element.get("max_value"))
    if least is not None and most is not None and least > most:
        yield fault(f"{pointer}/min_value", "must not be more than max_value")


def _float(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


BLOCK_RULES: dict[str, Callable[[Json, str], Faults]] = {
    "section": _section,
    "image": _one_of("image_url", "slack_file"),
}
ELEMENT_RULES: dict[str, Callable[[Json, str], Faults]] = {
    "image": _one_of("image_url", "slack_file"),
    "static_select": _static_select,
    "multi_static_select": _static_select,
    "radio_buttons": _initial,
    "checkboxes": _initial,
    "plain_text_input": _text_input,
    "number_input": _number_input,
}
