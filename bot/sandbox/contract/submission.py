"""What Slack itself does when a person fills in a view and submits it."""

from collections.abc import Mapping
from typing import Any

View = Mapping[str, Any]
State = dict[str, dict[str, dict[str, Any]]]


def with_ids(view: dict[str, Any]) -> dict[str, Any]:
    """The view with a block_id and an action_id wherever the app gave none."""
    return view


def state_of(view: View, given: Mapping[str, Any] | None = None) -> State:
    """`view.state.values` for what a person gave, by label, block_id or action_id."""
    return {}


def check_submission(view: View, state: State) -> dict[str, str]:
    """Slack's own refusals by block_id; the app hears nothing of a view that is refused."""
    return {}
