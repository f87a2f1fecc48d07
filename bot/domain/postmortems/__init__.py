"""Postmortems: opened on resolve where one is owed, computed from the rows, answered by people, published."""

from bot.domain.postmortems import rules
from bot.domain.postmortems.document import Document, document
from bot.domain.postmortems.facts import (
    PostmortemAssigned,
    PostmortemOpened,
    PostmortemPublished,
    PostmortemTemplateChosen,
    PostmortemWritten,
)
from bot.domain.postmortems.model import Postmortem, PostmortemStatus
from bot.domain.postmortems.queries import State, all, mine, of, state, templates, unpublished
from bot.domain.postmortems.rendering import (
    BrokenTemplate,
    Question,
    questions,
    render_body,
    render_html,
    render_markdown,
    render_pdf,
)
from bot.domain.postmortems.verbs import assign, choose_template, open_draft, publish, write, write_all

get, sections = of, questions

__all__ = [
    "BrokenTemplate",
    "Document",
    "Postmortem",
    "PostmortemAssigned",
    "PostmortemOpened",
    "PostmortemPublished",
    "PostmortemStatus",
    "PostmortemTemplateChosen",
    "PostmortemWritten",
    "Question",
    "State",
    "all",
    "assign",
    "choose_template",
    "document",
    "get",
    "mine",
    "of",
    "open_draft",
    "publish",
    "questions",
    "render_body",
    "render_html",
    "render_markdown",
    "render_pdf",
    "rules",
    "sections",
    "state",
    "templates",
    "unpublished",
    "write",
    "write_all",
]
