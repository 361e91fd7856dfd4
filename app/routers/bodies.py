"""What comes in: the base of every body that people type."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """Unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
