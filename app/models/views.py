from datetime import datetime
from uuid import UUID

from sqlmodel import Field, Index, SQLModel

from app.models.columns import BIG, moment


class SavedView(SQLModel, table=True):
    """The filters of a list under a name: an account's own, or shared with its organisation.

    `asked` is the query of the page's address, in which no personal data stands.
    """

    __tablename__ = "saved_view"
    id: UUID = Field(primary_key=True)
    account_id: int = Field(sa_type=BIG, foreign_key="account.id")
    organisation_id: int | None = Field(default=None, sa_type=BIG)
    page: str
    name: str
    asked: str
    shared: bool
    saved_at: datetime = moment(now=True)
    removed_at: datetime | None = moment(default=None)

    __table_args__ = (
        Index("ix_saved_view_account", "account_id"),
        Index("ix_saved_view_organisation", "organisation_id"),
    )
