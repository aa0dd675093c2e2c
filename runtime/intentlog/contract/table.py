"""What the tables of a contract have in common."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(min_length=1)]
FieldName = Annotated[
    str,
    Meta(
        # A dot would mean a field below it; a leading @ is of Logs Insights' own fields.
        pattern="^[A-Za-z_][A-Za-z0-9_-]{0,99}$",
        extra={"wanted": "a field's name: letters, digits, - and _, no digit first, no dot"},
    ),
]
JsonType = Literal["string", "number", "integer", "boolean", "object", "array"]
Where = Annotated[
    str,
    Meta(
        description=(
            "Which lines, as a filter expression of Logs Insights: "
            '\'level = "ERROR" and category = "auth"\'. Default: all lines.'
        )
    ),
]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What every table of the contract is: frozen, and closed to unknown keys."""
