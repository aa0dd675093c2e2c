"""All checks, one after the other."""

from collections.abc import Iterator, Sequence

from intentlog.assembly.resolver import Resolver
from intentlog.assembly.template import Assembly
from intentlog.contract import Contract

from .agents import agents
from .alarm_actions import alarm_actions, topics
from .alarm_metrics import alarm_metrics
from .alarm_names import composites, mutes
from .archive_promises import archive_promises
from .archives import archives
from .contracts import promises
from .dashboards import dashboards
from .dead_letters import dead_letters
from .event_rules import event_rules
from .filters import filters
from .finding import Finding
from .log_alarms import log_alarms
from .log_groups import log_groups
from .process_delivery import process_delivery
from .queries import queries
from .readers import readers
from .schedules import schedules
from .subscriptions import subscriptions


def findings(assembly: Assembly, contracts: Sequence[Contract]) -> list[Finding]:
    """Return every break between a line and a person, in the order of the way.

    Args:
        assembly: The templates, as ``cdk synth`` wrote them.
        contracts: The contracts that they were made of, with the environment's prefix applied.
    """
    return list(dict.fromkeys(_all(Resolver(assembly), contracts)))


def _all(resolver: Resolver, contracts: Sequence[Contract]) -> Iterator[Finding]:
    yield from agents(resolver)
    yield from process_delivery(resolver, contracts)
    yield from filters(resolver, contracts)
    yield from log_groups(resolver, contracts)
    yield from alarm_metrics(resolver, contracts)
    yield from alarm_actions(resolver)
    yield from composites(resolver)
    yield from mutes(resolver)
    yield from log_alarms(resolver, contracts)
    yield from topics(resolver)
    yield from subscriptions(resolver)
    yield from event_rules(resolver)
    yield from readers(resolver)
    yield from schedules(resolver)
    yield from dead_letters(resolver)
    yield from queries(resolver, contracts)
    yield from dashboards(resolver, contracts)
    yield from archives(resolver)
    yield from archive_promises(resolver, contracts)
    yield from promises(resolver, contracts)
