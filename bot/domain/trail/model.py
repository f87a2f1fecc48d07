"""The seal of an event."""

from sqlmodel import Field, SQLModel


class Seal(SQLModel, table=True):
    """Binds an event to the one sealed before it: whoever alters, drops or adds one breaks the chain."""

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})  # 1, 2, 3 …
    event_id: int = Field(unique=True)
    hash: str  # hexadecimal SHA-256 of the hash before it and of everything the event says
