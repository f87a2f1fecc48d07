"""Incidents of which each meets one trouble, at one of the calls of a declare or of a page."""

from datetime import UTC, datetime

from tests.journeys.scene import ALL, ANNOUNCEMENT, ANSWER, CARD, INVITE, SLACK, blocked_by
from tests.world import wait_for

RESPONSE_URL = "response_url"
ON_CALL, SERVICE = "GET /oncalls", "GET /services/{id}"
RING, FIND_USER, CREATE_AT_PAGERDUTY = "POST /v2/enqueue", "GET /users", "POST /incidents"
PAGES = (RING, FIND_USER, CREATE_AT_PAGERDUTY)
SILENCE = {"before": ("timeout", "hang"), "after": ("hang_after", "stuck")}  # in Slack, at PagerDuty


class Troubles:
    """For each call an incident in which it meets this trouble, while the bot goes on with all the others."""

    def __init__(self, scene, in_slack, at_pagerduty):
        self.scene, self.in_slack, self.at_pagerduty = scene, in_slack, at_pagerduty
        self.guest, self.double = scene.guest, scene.double
        self.last, self.incidents = len(scene.numbers()), {}

    def prepare(self):
        """Meet it everywhere; in Slack first, where whoever calls next would meet what is left."""
        self.prepare_slack()
        self.prepare_pagerduty()

    def prepare_slack(self):
        for call in (*SLACK, RESPONSE_URL):
            self._declare(call)

    def prepare_pagerduty(self):
        """Pages come from incidents that somebody commands."""
        for call in PAGES:
            self._alarmed(call)
        wait_for(lambda: all(self._is_commanded(call) for call in PAGES), what="the commanders")
        for call in PAGES:
            self._page(call)
        for call in (ON_CALL, SERVICE):
            self._alarm(call)

    def _declare(self, call):
        """Hang one call of a declare, and let all that does not wait for it be called, too."""
        self.last += 1
        self.guest.conditions(faults=[self._fault(call)])
        since = self.scene.mark()
        title, more = f"Kill at {call.rpartition('.')[2]}", {"Commander": "ben"}
        if call == RESPONSE_URL:
            number = self.scene.declare(title)
        else:
            number = self.scene.declare_in_a_form(title, as_=declarer_at(call), **more)
        assert number == self.last
        self.incidents[call] = number
        begun = ALL - blocked_by(call)
        wait_for(lambda: begun <= set(self.scene.calls(number, since)), what=f"{begun} of {number}")
        wait_for(lambda: self.guest.conditions()["faults"] == [], what="the fault")

    def _fault(self, call):
        about = {"kind": self.in_slack, "times": 1}
        if call in (CARD, ANNOUNCEMENT):
            key = {"event_type": "closeout", "event_payload": {"key": f"INC-{self.last}/{call}"}}
            return {"method": "chat.postMessage", "match": {"metadata": key}, **about}
        return {"method": "views.update" if call == ANSWER else call, **about}

    def _alarm(self, call):
        """PagerDuty declares, and keeps silent when it is asked who is on call."""
        self.double.fail(call, self.at_pagerduty)
        known, since = len(self.double.made(call)), self.scene.mark()
        self._alarmed(call, policy_is_said=call != SERVICE)
        wait_for(lambda: len(self.double.made(call)) > known, what=call)
        begun = ALL - {ANSWER, INVITE}  # nobody is there yet who could be
        wait_for(lambda: begun <= set(self.scene.calls(self.last, since)), what="the channel")

    def _alarmed(self, call, *, policy_is_said=True):
        self.last += 1
        service = f"PSVC{self.last:03d}"
        self.double.services[service] = "PPOL001"
        opened = self.double.add(f"Alarm for {call.rpartition('/')[2]}", service=service)
        seen = self.double.snapshot(opened)
        if not policy_is_said:
            seen["escalation_policy"] = None
        body = self.double.hook("incident.triggered", opened, at=datetime.now(UTC), data=seen)
        assert self.scene.post_hook(body).status_code == 202
        self.incidents[call] = self.last

    def _is_commanded(self, call):
        return self.scene.facts(self.incidents[call], "RoleTaken")

    def _page(self, call):
        """Somebody pages from an incident that stands; PagerDuty keeps silent."""
        self.double.fail(call, self.at_pagerduty)
        known = len(self.double.made(call))
        whom = "checkout" if call == RING else "@ben"
        answer = self.scene.tell("ada").says(f"/incident INC-{self.incidents[call]} page {whom} Please help")
        assert "Paging" in answer.text, answer
        wait_for(lambda: len(self.double.made(call)) > known, what=call)


def declarer_at(call):
    """One whose form nobody else opens again."""
    return "chen" if call == ANSWER else "ada"
