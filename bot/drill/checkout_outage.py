"""Checkout is down: a bad deploy, a promise that runs out, a rollback, and every loop closed."""

from datetime import UTC, datetime
from typing import Any

from bot.drill.cast import Cast

TITLE = "Checkout is down"
COMPANY = """
[[teams]]
key = "payments"
name = "Payments"
manager = "dana@example.com"
channel = "team-payments"

[[services]]
key = "checkout"
name = "Checkout"
team = "payments"
pagerduty_service = "PCHECKO"
component = "Checkout"
"""

ANSWERS = {
    "summary": "Deploy 4711 upgraded the payment client, which refused every second card. "
    "Rolling it back mended it.",
    "impact": "38 % of checkouts failed for about half an hour; some 2,900 orders, "
    "of which most came back later.",
    "detection": "The alert on 5xx answers paged two minutes after the deploy.",
    "contributing_factors": (
        "The new client was tested against a stub, and the rehearsal had no real card network."
    ),
    "went_well": "The deploy was suspected within minutes, because it stood on the timeline.",
    "lucky": "It happened in the morning, while everybody was at work.",
}


def play(cast: Cast) -> None:
    """From the page to closed."""
    incident = alarm(cast)
    take_command(cast)
    find_it(cast)
    keep_promises(cast, incident)
    mend_it(cast, incident)
    close_the_loops(cast)


def pagerduty_incident(now: datetime, status: str = "triggered") -> dict[str, Any]:
    service = {"id": "PCHECKO", "type": "service_reference", "summary": "Checkout"}
    return {
        "id": "QDRILL1",
        "type": "incident",
        "html_url": "https://example.pagerduty.com/incidents/QDRILL1",
        "number": 4711,
        "status": status,
        "incident_key": "checkout-5xx",
        "created_at": now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "title": "Checkout answers 5xx to 38 % of requests",
        "service": service,
        "assignees": [],
        "teams": [],
        "priority": {"id": "P1", "type": "priority_reference", "summary": "P1"},
        "urgency": "high",
        "escalation_policy": {"id": "PPOLICY", "type": "escalation_policy_reference", "summary": "Payments"},
    }


def alarm(cast: Cast) -> dict[str, Any]:
    incident = pagerduty_incident(cast.stage.now())
    cast.stage.page("triggered", incident)
    cast.happens("alarm")
    cast.wait_for_channel()
    return incident


def take_command(cast: Cast) -> None:
    cast.passes(2)
    cast.joins("ada")
    cast.clicks("ada", "Join as commander")
    cast.clicks("ada", "Acknowledge")
    cast.joins("chen")
    cast.says("chen", "/incident join operations")
    cast.joins("dana")
    cast.says("dana", "/incident join comms")


def find_it(cast: Cast) -> None:
    cast.passes(2)
    cast.says(
        "dana", "/incident update Some customers cannot pay. We are on it.", form={"Next update in": "20m"}
    )
    cast.says("chen", "/incident runbook roll-back-a-deploy")
    cast.happens("release")
    said = cast.says("chen", "Errors began with deploy 4711 at 09:55; the payment client was upgraded in it.")
    cast.marks("ada", said)
    cast.says("ada", "/incident status identified deploy 4711 broke the payment client")


def keep_promises(cast: Cast, incident: dict[str, Any]) -> None:
    cast.stage.page(
        "triggered", {**incident, "id": "QDRILL2", "number": 4712, "title": "Checkout queue grows"}
    )
    cast.happens("queue")
    cast.passes(22)
    cast.expect("the promise that ran out", "update")
    cast.says("dana", "/incident update We roll the change back now.", form={"Next update in": "20m"})


def mend_it(cast: Cast, incident: dict[str, Any]) -> None:
    cast.passes(9)
    cast.says("chen", "/incident note rolled back to deploy 4710; errors fall to zero")
    cast.happens("rolled-back")
    cast.says("ada", "/incident status monitoring errors are gone")
    cast.passes(11)
    cast.stage.page("resolved", {**incident, "status": "resolved"})
    cast.happens("recovered")
    cast.says("ada", "/incident resolve deploy 4711 was rolled back")
    cast.says("dana", "/incident update Payments work again. We are sorry.", form={"Phase": "Resolved"})


def close_the_loops(cast: Cast) -> None:
    cast.says("ada", "/incident action Alert on the error rate after a deploy", form={"Owner": "chen"})
    cast.does_the_action("chen", "ada", evidence="The alert fired in a rehearsal of the same deploy.")
    cast.answers_the_questions("ada", ANSWERS)
    cast.says("ada", "/incident postmortem publish")
    cast.says("ada", "/incident close")
    cast.expect("the incident to be closed", "closed it")
