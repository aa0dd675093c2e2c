"""The contract: frozen structures that mirror the TOML tables, key by key.

Every key carries its description, which ``intentlog contract schema`` hands to editors. A key
without a default is required. Limits that one key can break by itself stand here, where the
schema shows them; limits between keys are in ``checks``.
"""

from pathlib import PurePosixPath
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from .asking import Alarm, Dashboard, Metric, Mute, Query
from .keeping import Archive, Audit
from .record import FALLBACK_CATEGORY, OWN_FIELDS, Level, TimestampForm
from .table import FieldName, JsonType, Table, Text, Where

_GIGABYTES_OF_ALL_LINES = 1.0
GIGABYTES_OF_SOME_LINES = 0.05
"""What lines that are chosen by `where` are taken to come to, a month."""


class Record(Table, frozen=True, kw_only=True):
    """The JSON line: its fields, in the order in which they are written."""

    fields: Annotated[
        tuple[FieldName, ...], Meta(description="Fields that every line has, in this order.")
    ]
    optional: Annotated[
        tuple[FieldName, ...], Meta(description="Fields written when the context has them.")
    ] = ()
    data: Annotated[
        FieldName,
        Meta(description="The field that holds the event's own data. Last, unless in `fields`."),
    ] = "data"
    timestamp: Annotated[
        TimestampForm, Meta(description="Digits of the timestamp: ISO 8601, UTC, `Z`.")
    ] = "milliseconds"
    names: Annotated[
        dict[Text, FieldName],
        Meta(
            description=(
                'Own words for the logger\'s fields, as in `logger = "module"`. '
                "Default: timestamp, level, category, logger, message, service."
            )
        ),
    ] = {}
    indexed: Annotated[
        tuple[FieldName, ...],
        Meta(
            description=(
                "Fields that the log groups index, so that a query for one value scans less."
            )
        ),
    ] = ()

    def name_of(self, field: str) -> str:
        """Return what this record calls one of ``OWN_FIELDS``."""
        return self.names.get(field, field)

    def renamed(self, field: str) -> str | None:
        """Return what this record calls a name of ``OWN_FIELDS`` that no field has here."""
        name = self.names.get(field)
        return name if field not in self.all_fields and name in self.all_fields else None

    @property
    def all_fields(self) -> tuple[str, ...]:
        """Every top-level field a line may have, in the order in which they are written."""
        listed = self.fields + self.optional
        return listed if self.data in listed else (*listed, self.data)

    @property
    def context_fields(self) -> tuple[str, ...]:
        """The fields that the caller or the context fills, not the logger itself."""
        own = {self.name_of(field) for field in OWN_FIELDS} | {self.data}
        return tuple(field for field in self.all_fields if field not in own)


class Category(Table, frozen=True, kw_only=True):
    """A part of the application, known by the names of its loggers."""

    loggers: Annotated[
        tuple[Text, ...],
        Meta(description="Logger names; each covers what is below it. The longest match wins."),
    ] = ()
    purpose: Annotated[str, Meta(description="What its lines are about, for people.")] = ""
    level: Annotated[Level, Meta(description="The mildest level that is written.")] = "INFO"


class Rotation(Table, frozen=True, kw_only=True):
    """How a file is kept from growing."""

    by: Annotated[
        Literal["logrotate", "process"],
        Meta(description="Who rotates: logrotate on the host, or the application itself."),
    ] = "logrotate"
    every: Annotated[
        Literal["hourly", "daily", "weekly", "monthly"] | None,
        Meta(description="Rotate at least this often (logrotate). Default: by size alone."),
    ] = None
    max_megabytes: Annotated[int, Meta(ge=1, le=10_000, description="Rotate beyond this size.")] = (
        100
    )
    keep: Annotated[int, Meta(ge=1, le=1000, description="How many rotated files stay.")] = 7
    compress: Annotated[bool, Meta(description="Whether rotated files are gzipped.")] = True
    check_minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=60,
            description="How often logrotate looks: `max_megabytes` acts only when it runs.",
        ),
    ] = 5

    @property
    def max_bytes(self) -> int:
        """``max_megabytes`` in bytes, as whoever rotates reads it: logrotate(8) means MiB."""
        return self.max_megabytes * (1024 * 1024 if self.by == "logrotate" else 1_000_000)


class RotationOverride(Table, frozen=True, kw_only=True):
    """What one stream does otherwise than ``[files.rotation]``; the rest is taken from there."""

    max_megabytes: (
        Annotated[int, Meta(ge=1, le=10_000, description="Rotate beyond this size.")] | None
    ) = None
    keep: Annotated[int, Meta(ge=1, le=1000, description="How many rotated files stay.")] | None = (
        None
    )
    compress: Annotated[bool | None, Meta(description="Whether rotated files are gzipped.")] = None


class Files(Table, frozen=True, kw_only=True):
    """Where the application writes its files."""

    directory: Annotated[
        Text, Meta(description="The log directory as the application sees it.")
    ] = "logs"
    host_directory: Annotated[
        Text | None,
        Meta(
            description=(
                "The same directory as the host sees it, where the application runs in a "
                "container. Absolute. Default: `directory`; /var/log/SERVICE if that is relative."
            )
        ),
    ] = None
    rotation: Rotation = Rotation()


class Stream(Table, frozen=True, kw_only=True):
    """A file, the lines that go into it, and the log group it is delivered to."""

    file: Annotated[
        str,
        Meta(
            # The agent reads it as a glob and logrotate as a word: nothing of either may be in it.
            pattern="^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$",
            description="File name within the log directory.",
            extra={"wanted": "a file's name: letters, digits, . - and _, no directory"},
        ),
    ]
    where: Where = ""
    log_group: Annotated[
        Text | None, Meta(description="CloudWatch log group. Default: the file stays on its host.")
    ] = None
    retention_days: Annotated[
        int, Meta(description="How long the log group keeps a line; CloudWatch has fixed steps.")
    ] = 30
    log_class: Annotated[
        Literal["standard", "infrequent access"],
        Meta(
            description=(
                "Infrequent access costs half as much to ingest, and has no metrics, no alarms, "
                "no indexes and no anomaly detection."
            )
        ),
    ] = "standard"
    anomaly_detection: Annotated[
        bool, Meta(description="Whether CloudWatch Logs looks for unusual patterns of lines.")
    ] = False
    sync_seconds: (
        Annotated[
            float,
            Meta(
                ge=0,
                le=3600,
                description=(
                    "How long a written line may wait until it is on the disk itself; 0: each is "
                    "synced, which costs milliseconds. Default: the operating system decides; an "
                    "audit trail is always synced."
                ),
            ),
        ]
        | None
    ) = None
    gigabytes_per_month: (
        Annotated[
            float,
            Meta(
                ge=0,
                description=(
                    "What it is expected to ingest, for `intentlog cost`. "
                    "Default: 1; 0.05 for a stream with `where`."
                ),
            ),
        ]
        | None
    ) = None
    purpose: Annotated[str, Meta(description="What it is for, for people.")] = ""
    rotation: RotationOverride = RotationOverride()


class Delivery(Table, frozen=True, kw_only=True):
    """Who takes the files' lines to CloudWatch Logs."""

    by: Annotated[
        Literal["agent", "process"],
        Meta(description="The CloudWatch agent on the EC2 host, or the application itself."),
    ] = "agent"
    batch_events: Annotated[
        int, Meta(ge=1, le=10_000, description="Events that set a batch off (process).")
    ] = 100
    batch_seconds: Annotated[
        float, Meta(gt=0, le=300, description="Seconds a line waits, at most (process).")
    ] = 5.0
    lag_seconds: Annotated[
        int,
        Meta(
            ge=10,
            description="How late lines may be before the alarm `delivery-lag` rings (process).",
        ),
    ] = 300


class Host(Table, frozen=True, kw_only=True):
    """The EC2 host that runs the application and the CloudWatch agent."""

    instance_type: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$",
            description="EC2 instance type of the launch template.",
            extra={"wanted": "an EC2 instance type, such as t4g.small"},
        ),
    ] = "t4g.small"
    volume_gigabytes: Annotated[
        int, Meta(ge=8, le=16_384, description="Size of the encrypted root volume.")
    ] = 20


class Event(Table, frozen=True, kw_only=True):
    """An event that the application logs by name, with the data it must carry."""

    logger: Annotated[Text, Meta(description="The logger it is logged by.")]
    level: Annotated[Level, Meta(description="The level it is logged at.")] = "INFO"
    purpose: Annotated[str, Meta(description="What happened, for people.")] = ""
    fields: Annotated[
        dict[Text, JsonType],
        Meta(description="The data it must carry: name and JSON type."),
    ] = {}
    optional: Annotated[
        dict[Text, JsonType],
        Meta(description="The data it may carry."),
    ] = {}


class Limit(Table, frozen=True, kw_only=True):
    """Lines of which only some are written; never those at ERROR and above, nor an audit's."""

    where: Where = ""
    sample: (
        Annotated[
            float,
            Meta(
                gt=0, lt=1, description="The share that is written: all lines of a trace, or none."
            ),
        ]
        | None
    ) = None
    per_minute: (
        Annotated[
            int,
            Meta(ge=1, description="How many of the same logger, level and event are written."),
        ]
        | None
    ) = None


class Redaction(Table, frozen=True, kw_only=True):
    """What never reaches a file."""

    keys: Annotated[
        tuple[Text, ...],
        Meta(
            description=(
                "Names of data whose values are replaced, in addition to the built-in ones "
                "(password, token, secret, authorization, cookie, api_key, ...)."
            )
        ),
    ] = ()


class Contract(Table, frozen=True, kw_only=True):
    """One application's logging: what a line is, where it goes, what is counted and asked."""

    service: Annotated[
        str,
        Meta(
            pattern="^[a-z][a-z0-9-]{0,49}$",
            description="The application's name: begins the names of stacks and alarms.",
            extra={"wanted": "lower-case letters, digits and hyphens, a letter first, at most 50"},
        ),
    ]
    namespace: Annotated[Text, Meta(description="CloudWatch namespace of the metrics.")]
    record: Record
    categories: Annotated[
        dict[Text, Category], Meta(description="Parts of the application, by its loggers' names.")
    ] = {}
    files: Files = Files()
    streams: Annotated[
        dict[Text, Stream], Meta(min_length=1, description="Files, and where their lines go.")
    ]
    delivery: Delivery = Delivery()
    host: Host = Host()
    metrics: Annotated[dict[Text, Metric], Meta(description="Numbers counted from lines.")] = {}
    alarms: Annotated[dict[Text, Alarm], Meta(description="What wakes somebody.")] = {}
    mutes: Annotated[dict[Text, Mute], Meta(description="When alarms do not page.")] = {}
    queries: Annotated[dict[Text, Query], Meta(description="Questions that are asked often.")] = {}
    dashboard: Annotated[Dashboard | None, Meta(description="Default: none.")] = None
    audit: Annotated[Audit | None, Meta(description="Default: there is no trail.")] = None
    archive: Annotated[Archive | None, Meta(description="Default: there is no archive.")] = None
    events: Annotated[
        dict[Text, Event], Meta(description="Events that are logged by name, with their data.")
    ] = {}
    limits: Annotated[
        dict[Text, Limit], Meta(description="Lines of which only some are written. Default: none.")
    ] = {}
    redaction: Redaction = Redaction()

    @property
    def category_names(self) -> tuple[str, ...]:
        """Every category a line can have: the declared ones and the fallback."""
        return tuple(dict.fromkeys((*self.categories, FALLBACK_CATEGORY)))

    @property
    def log_groups(self) -> dict[str, str]:
        """The log group of each stream that has one, by the stream's name."""
        return {
            name: stream.log_group
            for name, stream in self.streams.items()
            if stream.log_group is not None
        }

    @property
    def host_directory(self) -> PurePosixPath:
        """Where the host has the files."""
        given = PurePosixPath(self.files.host_directory or self.files.directory)
        return given if given.is_absolute() else PurePosixPath("/var/log", self.service)

    def rotation_of(self, stream: str) -> Rotation:
        """Return how this stream's file is rotated: ``[files.rotation]`` and its own changes."""
        override = msgspec.structs.asdict(self.streams[stream].rotation)
        changes = {key: value for key, value in override.items() if value is not None}
        return msgspec.structs.replace(self.files.rotation, **changes)

    def log_groups_of(self, query: str) -> tuple[str, ...]:
        """Return the log groups that a saved query asks."""
        groups = self.log_groups
        return tuple(groups[stream] for stream in self._streams_of(self.queries[query]))

    def alarm_name(self, alarm: str) -> str:
        """Return the name that an alarm has in CloudWatch."""
        return f"{self.service}-{alarm}"

    def pages(self, alarm: str) -> bool:
        """Say whether an alarm tells somebody by itself: the parts of an incident do not."""
        return not any(alarm in other.any_of for other in self.alarms.values())

    def gigabytes_of(self, stream: str) -> float:
        """Return what a stream is expected to ingest in a month."""
        table = self.streams[stream]
        if table.gigabytes_per_month is not None:
            return table.gigabytes_per_month
        return GIGABYTES_OF_SOME_LINES if table.where else _GIGABYTES_OF_ALL_LINES

    def with_prefix(self, prefix: str) -> "Contract":
        """Return the contract with every name that AWS sees prefixed, to share one account."""
        if not prefix:
            return self
        return msgspec.structs.replace(
            self,
            service=prefix + self.service,
            namespace=prefix + self.namespace,
            streams={
                name: msgspec.structs.replace(stream, log_group=_prefixed(prefix, stream.log_group))
                for name, stream in self.streams.items()
            },
        )

    def canonical_json(self) -> bytes:
        """Return the contract as JSON that is the same for the same contract, byte for byte.

        Tables have no order there, so what the contract takes from their order is written out.
        Examples are left out: they test queries, and nothing that is deployed depends on them.
        """
        queries = {
            name: msgspec.structs.replace(query, streams=self._streams_of(query))
            for name, query in self.queries.items()
        }
        resolved = msgspec.structs.replace(self, queries=queries)
        plain = msgspec.to_builtins(resolved, order="deterministic")
        for query in plain["queries"].values():
            del query["examples"]
        return msgspec.json.encode(plain)

    def digest(self) -> str:
        """Return a short hash of ``canonical_json``: 12 hexadecimal digits."""
        import hashlib  # noqa: PLC0415 -- loads OpenSSL

        return hashlib.sha256(self.canonical_json()).hexdigest()[:12]

    def _streams_of(self, query: Query) -> tuple[str, ...]:
        return query.streams or tuple(self.log_groups)[:1]


def _prefixed(prefix: str, log_group: str | None) -> str | None:
    if log_group is None:
        return None
    slash = "/" if log_group.startswith("/") else ""
    return slash + prefix + log_group.removeprefix("/")
