"""What was asked, what was reached, and how it is printed."""

import math
from typing import NamedTuple


class Figure(NamedTuple):
    """One line of the table. `good` is None where nothing was asked."""

    what: str
    asked: str
    reached: str
    good: bool | None = None


def share(numbers, part):
    """The number below which this part of them lies."""
    return sorted(numbers)[max(0, math.ceil(part * len(numbers)) - 1)]


def median(numbers):
    return share(numbers, 0.5)


def spread(numbers):
    """In milliseconds, when the numbers are."""
    shares = {"median": 0.5, "p90": 0.9, "p99": 0.99, "max": 1}
    return ", ".join(f"{name} {share(numbers, part):,.0f}" for name, part in shares.items()) + " ms"


def seconds(numbers):
    return f"median {median(numbers):.2f} s, {min(numbers):.2f} to {max(numbers):.2f} s, {len(numbers)} times"


def show(figure):
    mark = {True: "met   ", False: "MISSED", None: "      "}[figure.good]
    return f"{mark}  {figure.what:<62}  {figure.asked:<32}  {figure.reached}"
