"""The postmortem and its review, in a terminal: shown, handed in, questioned, approved, published."""

from collections.abc import Callable, Mapping

import click

from bot.cli.desk import AS, Desk, desk, save
from bot.domain import incidents, people, postmortems
from bot.domain.incidents import Incident
from bot.lib.words import plural

RENDER: dict[str, Callable[..., str | bytes]] = {
    "md": postmortems.render_markdown,
    "html": postmortems.render_html,
    "pdf": postmortems.render_pdf,
}
SAME = "It was so already. Nothing was changed."


@click.command()
@click.argument("ref")
@click.option("--format", "form", type=click.Choice(["md", "html", "pdf"]), default="md", show_default=True)
@click.option("--template", help="Another template of templates/postmortems.")
@click.option("--out", metavar="FILE", help="Write to a file.")
@click.option("--findings", is_flag=True, help="What a reviewer would ask.")
@click.option("--readers", is_flag=True, help="Who has read it.")
@click.option("--submit", is_flag=True, help="Hand it in for review.")
@click.option("--reviewer", metavar="EMAIL", help="With --submit: who reads it.")
@click.option("--comment", nargs=2, metavar="SECTION WORDS", help="Ask something in its margin.")
@click.option("--settle", type=int, metavar="N", help="Comment N was dealt with.")
@click.option("--approve", is_flag=True, help="You agree; none of its authors may.")
@click.option("--back", metavar="REASON", help="It needs more work first.")
@click.option("--publish", is_flag=True, help="Publish it: the loop is closed.")
@AS
def postmortem(
    ref: str, form: str, template: str | None, out: str | None, as_: str | None, **said: object
) -> None:
    """Show the postmortem of an incident, or move it on: closeout postmortem INC-7 --submit"""
    with desk(as_) as at:
        incident = incidents.find(at.session, ref, as_=at.by)
        told = [STEPS[word](at, incident, said) for word in STEPS if said[word] not in (None, False)]
        for one in told:
            click.echo(one, err=True)
        if not told or out:
            save(RENDER[form](at.session, incident, template), out)


Said = Mapping[str, object]


def _submit(at: Desk, incident: Incident, said: Said) -> str:
    reviewer = people.named(at.session, str(said["reviewer"])) if said["reviewer"] else None
    if not postmortems.submit(at.session, incident, by=at.by, now=at.now, reviewer=reviewer):
        return SAME
    left = len(postmortems.findings(at.session, incident))
    look = f" Its checklist has {plural(left, 'thing')} to look at: --findings" if left else ""
    return f"The postmortem of {incident.ref} is handed in for review.{look}"


def _comment(at: Desk, incident: Incident, said: Said) -> str:
    given = said["comment"]
    assert isinstance(given, tuple)
    section, words = map(str, given)
    row = postmortems.remark(at.session, incident, section, words, by=at.by, now=at.now)
    return f"Comment {row.id} stands beside {row.section.replace('_', ' ')!r}."


def _settle(at: Desk, incident: Incident, said: Said) -> str:
    id = int(str(said["settle"]))
    changed = postmortems.settle(at.session, incident, id, by=at.by, now=at.now)
    return f"Comment {id} is settled." if changed else SAME


def _approve(at: Desk, incident: Incident, _: Said) -> str:
    changed = postmortems.approve(at.session, incident, by=at.by, now=at.now)
    return f"You approved the postmortem of {incident.ref}." if changed else SAME


def _back(at: Desk, incident: Incident, said: Said) -> str:
    postmortems.send_back(at.session, incident, str(said["back"]), by=at.by, now=at.now)
    return f"The postmortem of {incident.ref} goes back to its author."


def _publish(at: Desk, incident: Incident, _: Said) -> str:
    changed = postmortems.publish(at.session, incident, by=at.by, now=at.now)
    return f"The postmortem of {incident.ref} is published." if changed else SAME


def _findings(at: Desk, incident: Incident, _: Said) -> str:
    found = postmortems.findings(at.session, incident)
    return "\n".join(f"[ ] {one.said} {one.remedy}".rstrip() for one in found) or "Nothing is missing."


def _readers(at: Desk, incident: Incident, _: Said) -> str:
    found = postmortems.readers(at.session, incident)
    names = [people.get(at.session, one.person_id).name for one in found]
    lines = [f"{name}, {one.first_at:%Y-%m-%d %H:%M} UTC" for name, one in zip(names, found, strict=True)]
    return "\n".join(lines) or "Nobody has read it yet."


# In the order in which one would say them.
STEPS: dict[str, Callable[[Desk, Incident, Said], str]] = {
    "submit": _submit,
    "comment": _comment,
    "settle": _settle,
    "approve": _approve,
    "back": _back,
    "publish": _publish,
    "findings": _findings,
    "readers": _readers,
}
