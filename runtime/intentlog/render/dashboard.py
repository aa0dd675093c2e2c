"""The dashboard's body, in the JSON that CloudWatch documents as "Dashboard Body Structure"."""

from collections.abc import Iterator

from intentlog.contract import Contract

from .query import query_text

_COLUMNS = 24
_HEIGHT = 6

Widget = dict[str, object]


def dashboard_body(contract: Contract, *, region: str, alarm_arn_prefix: str) -> dict[str, object]:
    """Return the dashboard that the contract's rows describe.

    Args:
        contract: The application's contract; it must have a dashboard.
        region: The region of the metrics and log groups.
        alarm_arn_prefix: ARN of an alarm without its name: ``arn:aws:cloudwatch:...:alarm:``.
    """
    if contract.dashboard is None:
        raise ValueError(f"{contract.service}: the contract has no dashboard")
    widgets: list[Widget] = []
    for y, row in enumerate(contract.dashboard.rows):
        for x, width, reference in _places(row):
            kind, _, name = reference.partition(".")
            widget = _WIDGETS[kind](contract, name, region, alarm_arn_prefix)
            place = {"x": x, "y": y * _HEIGHT, "width": width, "height": _HEIGHT}
            widgets.append(place | widget)
    return {"widgets": widgets}


def _places(row: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Divide a row's columns among its widgets: (x, width, reference)."""
    for index, reference in enumerate(row):
        x = index * _COLUMNS // len(row)
        yield x, (index + 1) * _COLUMNS // len(row) - x, reference


def _alarm(contract: Contract, name: str, _region: str, alarm_arn_prefix: str) -> Widget:
    return {
        "type": "alarm",
        "properties": {
            "title": contract.alarm_name(name),
            "alarms": [alarm_arn_prefix + contract.alarm_name(name)],
        },
    }


def _metric(contract: Contract, name: str, region: str, _prefix: str) -> Widget:
    return {
        "type": "metric",
        "properties": {
            "title": contract.metrics[name].purpose or name,
            "region": region,
            "metrics": [[contract.namespace, name]],
            "stat": "Sum",
            "period": 300,
            "view": "timeSeries",
            "yAxis": {"left": {"min": 0}},
        },
    }


def _query(contract: Contract, name: str, region: str, _prefix: str) -> Widget:
    sources = "".join(f"SOURCE '{group}' | " for group in contract.log_groups_of(name))
    return {
        "type": "log",
        "properties": {
            "title": contract.queries[name].title,
            "region": region,
            "query": sources + query_text(contract, name),
            "view": "table",
        },
    }


_WIDGETS = {"alarms": _alarm, "metrics": _metric, "queries": _query}
