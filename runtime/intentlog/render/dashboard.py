"""The dashboard's body, in the JSON that CloudWatch documents as "Dashboard Body Structure"."""

from collections.abc import Iterator

from intentlog.contract import Contract, Parameter
from intentlog.expression import PARAMETER

from .alarm import share_expression
from .prices import INGESTION, INGESTION_INFREQUENT

_COLUMNS = 24
_HEIGHT = 6
_FIVE_MINUTES = 300
_DAY = 86_400
_GIGABYTE = 1024**3
_VIEWS = {"table": "table", "time series": "timeSeries", "bar": "bar", "pie": "pie"}

Widget = dict[str, object]


def dashboard_body(contract: Contract, *, region: str, alarm_arn_prefix: str) -> dict[str, object]:
    """Return the dashboard that the contract's rows describe.

    Parameters of its queries become variables, which a person sets at the top.

    Args:
        contract: The application's contract; it must have a dashboard.
        region: The region of the metrics and log groups.
        alarm_arn_prefix: ARN of an alarm without its name: ``arn:aws:cloudwatch:...:alarm:``.
    """
    if contract.dashboard is None:
        raise ValueError(f"{contract.service}: the contract has no dashboard")
    widgets = _Widgets(contract, region, alarm_arn_prefix)
    body: dict[str, object] = {
        "widgets": [
            {"x": x, "y": y * _HEIGHT, "width": width, "height": _HEIGHT} | widgets.of(reference)
            for y, row in enumerate(contract.dashboard.rows)
            for x, width, reference in _places(row)
        ]
    }
    variables = list(_variables(contract))
    return body | ({"variables": variables} if variables else {})


def _places(row: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Divide a row's columns among its widgets: (x, width, reference)."""
    for index, reference in enumerate(row):
        x = index * _COLUMNS // len(row)
        yield x, (index + 1) * _COLUMNS // len(row) - x, reference


def _variables(contract: Contract) -> Iterator[dict[str, object]]:
    """Yield a variable for each parameter of a query on the dashboard."""
    rows = contract.dashboard.rows if contract.dashboard else ()
    shown = [name.removeprefix("queries.") for row in rows for name in row]
    parameters: dict[str, Parameter] = {}
    for name in shown:
        if name in contract.queries:
            parameters |= contract.queries[name].parameters
    for name, parameter in parameters.items():
        choices = [{"value": value, "label": value} for value in parameter.values]
        yield {
            "type": "pattern",
            "pattern": _placeholder(name),
            "id": name,
            "label": parameter.purpose or name,
            "defaultValue": parameter.default,
            "visible": True,
            **({"inputType": "select", "values": choices} if choices else {"inputType": "input"}),
        }


def _placeholder(parameter: str) -> str:
    """Return what stands in a widget's query where the variable's value goes."""
    return f"__{parameter}__"


class _Widgets:
    """A contract's widgets; each method makes one kind."""

    def __init__(self, contract: Contract, region: str, alarm_arn_prefix: str) -> None:
        self._contract = contract
        self._region = region
        self._alarm_arn_prefix = alarm_arn_prefix

    def of(self, reference: str) -> Widget:
        """Return the widget that a reference names: ``alarms``, ``metrics.ErrorCount``."""
        kind, _, name = reference.partition(".")
        if not name:
            return self._states()
        makers = {
            "alarms": self._alarm,
            "metrics": self._metric,
            "queries": self._query,
            "streams": self._stream,
        }
        return makers[kind](name)

    def _states(self) -> Widget:
        alarms = self._contract.alarms
        made = [name for name, alarm in alarms.items() if alarm.kind != "lag"]
        return self._alarms(f"Alarms of {self._contract.service}", made)

    def _alarm(self, name: str) -> Widget:
        alarm = self._contract.alarms[name]
        if alarm.kind == "ratio":
            return self._share(name)
        return self._alarms(self._contract.alarm_name(name), [name])

    def _alarms(self, title: str, names: list[str]) -> Widget:
        arns = [self._alarm_arn_prefix + self._contract.alarm_name(name) for name in names]
        return {"type": "alarm", "properties": {"title": title, "alarms": arns}}

    def _share(self, name: str) -> Widget:
        """Show the share over time, with the threshold of its alarm."""
        alarm = self._contract.alarms[name]
        namespace = self._contract.namespace
        hidden = {"visible": False}
        return self._metrics(
            f"{alarm.metric}, per cent of {alarm.of}",
            [
                [{"expression": share_expression(alarm), "id": "share", "label": "per cent"}],
                [namespace, alarm.metric, {"id": "part", **hidden}],
                [namespace, alarm.of, {"id": "total", **hidden}],
            ],
            annotations={
                "horizontal": [{"label": self._contract.alarm_name(name), "value": alarm.more_than}]
            },
            # The alarm's floor is meant for its own time: another one would show another share.
            period=(alarm.within_minutes or 0) * 60 or _FIVE_MINUTES,
        )

    def _metric(self, name: str) -> Widget:
        title = self._contract.metrics[name].purpose or name
        return self._metrics(title, [[self._contract.namespace, name]])

    def _stream(self, name: str) -> Widget:
        """Show what a log group takes in a day, and what that costs."""
        stream = self._contract.streams[name]
        group = self._contract.log_groups[name]
        price = INGESTION if stream.log_class == "standard" else INGESTION_INFREQUENT
        return self._metrics(
            f"Ingestion of {group}, a day",
            [
                ["AWS/Logs", "IncomingBytes", "LogGroupName", group, {"id": "bytes"}],
                [
                    {
                        "expression": f"bytes / {_GIGABYTE} * {price.usd}",
                        "id": "dollars",
                        "label": "US dollars",
                        "yAxis": "right",
                    }
                ],
            ],
            period=_DAY,
        )

    def _metrics(
        self,
        title: str,
        metrics: list[list[object]],
        *,
        period: int = _FIVE_MINUTES,
        **more: object,
    ) -> Widget:
        return {
            "type": "metric",
            "properties": {
                "title": title,
                "region": self._region,
                "metrics": metrics,
                "stat": "Sum",
                "period": period,
                "view": "timeSeries",
                "yAxis": {"left": {"min": 0}},
                **more,
            },
        }

    def _query(self, name: str) -> Widget:
        query = self._contract.queries[name]
        sources = "".join(f"SOURCE '{group}' | " for group in self._contract.log_groups_of(name))
        text = PARAMETER.sub(lambda found: _placeholder(found[1]), query.text).strip()
        return {
            "type": "log",
            "properties": {
                "title": query.title,
                "region": self._region,
                "query": sources + text,
                "view": _VIEWS[query.view],
            },
        }
