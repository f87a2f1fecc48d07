"""When the digest comes, over REST and on its page."""

import re


def test_over_rest_it_is_shown_chosen_and_left(api):
    assert api.get("people/me/digest").json()["at"] == "mon 09:00"
    chosen = api.put("people/me/digest", json={"at": "Friday 16:00", "by_mail": True}).json()
    assert (chosen["at"], chosen["is_own"], chosen["by_mail"]) == ("fri 16:00", True, True)
    assert api.put("people/me/digest", json={"is_off": True}).json()["is_off"]
    wrong = api.put("people/me/digest", json={"at": "whenever"})
    assert wrong.status_code == 422
    assert "mon 09:00" in wrong.json()["detail"]


def test_on_the_page_it_is_chosen_and_what_is_wrong_stands_beside_its_field(floor, ana):
    ana = floor.signed_in(ana)
    page = ana.get("/me/digest")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
    assert "Send me digests" in page.text
    saved = ana.post("/me/digest", data={"csrf": csrf, "on": "on", "at": "fri 16:00"}, follow_redirects=False)
    assert saved.status_code == 303
    assert 'value="fri 16:00"' in ana.get("/me/digest").text
    wrong = ana.post("/me/digest", data={"csrf": csrf, "on": "on", "at": "whenever"})
    assert wrong.status_code == 422
    assert "mon 09:00" in wrong.text
    assert 'value="whenever"' in wrong.text
