"""When the caller wants the weekly digest, over REST."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.domain import reminding
from bot.web.api.desk import At, Caller, Guarded
from bot.web.api.shapes import Input, Word

router = APIRouter(route_class=Guarded, tags=["Company"])


class DigestOut(BaseModel):
    at: str = Field(description="Day and hour in the person's own zone, like `mon 09:00`.")
    is_own: bool = Field(description="The person chose it; else it is the company's.")
    is_off: bool
    by_mail: bool = Field(description="Also by mail, where Slack knows the person.")
    zone: str


class DigestIn(Input):
    """What is left out stays as it is."""

    at: Word | None = Field(default=None, description="Like `mon 09:00`; empty: the company's.")
    is_off: bool | None = None
    by_mail: bool | None = None


@router.get("/people/me/digest", summary="When the caller gets the weekly digest")
def show(desk: Caller) -> DigestOut:
    with desk.reading() as at:
        return _shown(at)


@router.put("/people/me/digest", summary="Choose its day and hour, leave it, or have it by mail")
def choose(new: DigestIn, desk: Caller) -> DigestOut:
    with desk.writing() as at:
        reminding.choose(at.session, at.by, now=at.now, at=new.at, off=new.is_off, by_mail=new.by_mail)
        return _shown(at)


def _shown(at: At) -> DigestOut:
    wish = reminding.wish_of(at.session, at.by)
    return DigestOut(**{name: getattr(wish, name) for name in DigestOut.model_fields})
