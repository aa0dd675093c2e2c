"""The contract: one TOML file an application, read into frozen structures and checked."""

from .archived import Archived, archive_days, archive_table, archived_streams
from .asking import Alarm, AlarmKind, Dashboard, Example, Metric, Mute, Parameter, Query
from .environments import Environment, Network, load_environment
from .keeping import Archive, Audit
from .load import load, parse, validate
from .model import (
    Category,
    Contract,
    Delivery,
    Event,
    Files,
    Host,
    Limit,
    Record,
    Redaction,
    Rotation,
    RotationOverride,
    Stream,
)
from .notifications import Destination, Notifications
from .problem import ContractError, Problem, printable
from .record import AUDIT_FIELD, DELIVERY_LAG, FALLBACK_CATEGORY, LEVELS, OWN_FIELDS, Level
from .routing import Predicate, fields_asked, matcher, number_at
from .together import conflicts

__all__ = [
    "AUDIT_FIELD",
    "DELIVERY_LAG",
    "FALLBACK_CATEGORY",
    "LEVELS",
    "OWN_FIELDS",
    "Alarm",
    "AlarmKind",
    "Archive",
    "Archived",
    "Audit",
    "Category",
    "Contract",
    "ContractError",
    "Dashboard",
    "Delivery",
    "Destination",
    "Environment",
    "Event",
    "Example",
    "Files",
    "Host",
    "Level",
    "Limit",
    "Metric",
    "Mute",
    "Network",
    "Notifications",
    "Parameter",
    "Predicate",
    "Problem",
    "Query",
    "Record",
    "Redaction",
    "Rotation",
    "RotationOverride",
    "Stream",
    "archive_days",
    "archive_table",
    "archived_streams",
    "conflicts",
    "fields_asked",
    "load",
    "load_environment",
    "matcher",
    "number_at",
    "parse",
    "printable",
    "validate",
]
