"""The practice company's account at PagerDuty: its services, who is on call, and what a ring opens."""

from __future__ import annotations

from bot.sandbox.answers import Json
from bot.sandbox.pager.account import Change, Told, user
from bot.sandbox.pager.door import PagerDuty

SENDER = "closeout@example.com"
STAFF = {
    "PADA": "Ada Lovelace", "PBEN": "Ben Okafor", "PCHEN": "Chen Wei", "PDANA": "Dana Ruiz",
    "PELI": "Eli Novak", "PFAY": "Fay Silva", "PHANA": "Hana Sato",
}  # fmt: skip
SERVICES = {  # id -> name, escalation policy
    "PCHECK1": ("Checkout", "PPOLPAY"), "PPAYAPI": ("Payments API", "PPOLPAY"),
    "PWEBSHP": ("Web shop", "PPOLSTO"), "PSEARCH": ("Search", "PPOLSTO"),
    "PIDENTI": ("Identity", "PPOLPLA"), "PDATAPI": ("Data pipeline", "PPOLPLA"),
}  # fmt: skip
ON_CALL = {
    "PPOLPAY": [("PBEN", 1), ("PADA", 2)],
    "PPOLSTO": [("PHANA", 1), ("PFAY", 2)],
    "PPOLPLA": [("PELI", 1), ("PDANA", 2)],
}
ACTIONS = {"acknowledge": "acknowledged", "resolve": "resolved"}


class PracticePagerDuty(PagerDuty):
    """What its Events API is told becomes an incident, as it does at PagerDuty."""

    def ring(self, event: Json) -> Told:
        told = super().ring(event)
        open_one = self._open(told[1]["dedup_key"])
        action = event.get("event_action", "trigger")
        if action in ACTIONS and open_one and open_one["status"] != ACTIONS[action]:
            self.change(open_one, {"status": ACTIONS[action]})
        elif action == "trigger" and open_one is None:
            self._opened(event["payload"], told[1]["dedup_key"])
        return told

    def _open(self, key: str) -> Json | None:
        """Returns the incident that a further event of this key belongs to."""
        mine = (one for one in self.incidents.values() if one["incident_key"] == key)
        return next((one for one in mine if one["status"] != "resolved"), None)

    def _opened(self, payload: Json, key: str) -> None:
        """The group names the service, as an event orchestration would route it."""
        service = payload.get("group") if payload.get("group") in self.services else next(iter(self.services))
        made = self.add(payload["summary"], service=str(service), priority="", incident_key=key)
        self._tell(Change("incident.triggered", made, "PBOT"))


def practice_account(secret: str) -> PracticePagerDuty:
    """Returns a fresh account; `secret` signs its webhooks."""
    users = {id: user(id, name, f"{name.split()[0].lower()}@example.com") for id, name in STAFF.items()}
    return PracticePagerDuty(
        users=users,
        on_call=[],
        rota={policy: list(who) for policy, who in ON_CALL.items()},
        services={id: policy for id, (_, policy) in SERVICES.items()},
        names={id: name for id, (name, _) in SERVICES.items()},
        priorities={"P1", "P2", "P3", "P4", "P5"},
        secrets=[secret],
        sender=SENDER,
    )
