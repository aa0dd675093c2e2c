"""What must be kept beyond its log group: the audit trail, and the archive."""

from typing import Annotated

from msgspec import Meta

from .table import Table, Text

_LONGEST_LOCK_DAYS = 36_500
"""What Object Lock allows (Amazon S3 User Guide, "Locking objects with Object Lock")."""


class Audit(Table, frozen=True, kw_only=True):
    """The trail that must be kept, unchanged, for a given time."""

    stream: Annotated[Text, Meta(description="The stream that is the trail.")]
    retention_days: Annotated[int, Meta(ge=1, description="How long each record is kept.")]


class Archive(Table, frozen=True, kw_only=True):
    """Lines that are kept in S3 beyond their log groups, to be asked with Athena."""

    streams: Annotated[
        tuple[Text, ...],
        Meta(
            description=(
                "Whose lines are kept. Default: the audit's stream; without an audit, every "
                "stream that has a log group."
            )
        ),
    ] = ()
    retention_days: (
        Annotated[
            int,
            Meta(
                ge=1,
                le=_LONGEST_LOCK_DAYS,
                description=(
                    "How long each line is kept. Default: as long as the audit says; 1096 without "
                    "an audit."
                ),
            ),
        ]
        | None
    ) = None
    glacier_after_days: Annotated[
        int,
        Meta(
            ge=0,
            description=(
                "When lines go to Glacier Instant Retrieval, which costs a sixth and is asked "
                "like the rest."
            ),
        ),
    ] = 30
    immutable: Annotated[
        bool,
        Meta(
            description=(
                "Whether nobody, not even the account's root, can change or delete a line before "
                "its time (Object Lock, compliance mode). Environments that destroy what they "
                "hold lock nothing."
            )
        ),
    ] = True
