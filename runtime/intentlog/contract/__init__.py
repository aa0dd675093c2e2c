"""The contract: one TOML file an application, read into frozen structures and checked."""

from .environments import Environment, Notifications, load_environment
from .load import load, parse, validate
from .model import (
    Alarm,
    Audit,
    Category,
    Contract,
    Dashboard,
    Delivery,
    Event,
    Files,
    Host,
    Metric,
    Parameter,
    Query,
    Record,
    Redaction,
    Rotation,
    RotationOverride,
    Stream,
)
from .problem import ContractError, Problem, printable
from .record import FALLBACK_CATEGORY, LEVELS, OWN_FIELDS, Level
from .routing import Predicate, matcher
from .together import conflicts

__all__ = [
    "FALLBACK_CATEGORY",
    "LEVELS",
    "OWN_FIELDS",
    "Alarm",
    "Audit",
    "Category",
    "Contract",
    "ContractError",
    "Dashboard",
    "Delivery",
    "Environment",
    "Event",
    "Files",
    "Host",
    "Level",
    "Metric",
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
    "conflicts",
    "load",
    "load_environment",
    "matcher",
    "parse",
    "printable",
    "validate",
]
