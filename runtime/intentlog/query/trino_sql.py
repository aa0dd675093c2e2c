"""Writes a relation as Trino's SQL, for Athena over an archive of lines.

The archive has one row a line, and is partitioned by the time at which lines arrived. A query
reads only the partitions of its time: that is what it costs.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import msgspec

from .joni import for_joni
from .kinds import NUMERIC
from .relational import SYSTEM_COLUMNS, Apply, Column, Kind, Order, found
from .sql import identifier, literal
from .sql_steps import StepDialect
from .trino_functions import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .relational import Extract, Relation, Scan, Unroll
    from .sql import Path, Template
    from .sql_steps import Chain

_NUMBER: Final = r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\z"
_WHOLE: Final = r"^[+-]?[0-9]+\z"
_LONGEST: Final = 10_000  # entries that Trino's `sequence` has at most
_EXACT: Final = "1e7"  # from here on, Java writes fractions with an exponent

_ISO: Final = (
    "CASE WHEN substr(spelled, 11, 1) = ' ' "
    "THEN substr(spelled, 1, 10) || 'T' || substr(spelled, 12) ELSE spelled END"
)
# Parts of a millisecond would be rounded, into the next minute even: 23 characters have none.
_CUT: Final = (
    f"CASE WHEN spelled LIKE '%Z' THEN rtrim(substr({_ISO}, 1, 23), 'Z') || 'Z' ELSE {_ISO} END"
)
# As `reading.EVENT_MS` has it for files.
_MOMENT: Final = (
    f"CASE WHEN regexp_like(spelled, '{_NUMBER}') THEN CAST(CAST(spelled AS DOUBLE) * "
    "CASE WHEN CAST(spelled AS DOUBLE) < 1e11 THEN 1e3 ELSE 1e0 END AS BIGINT) "
    f"ELSE CAST(to_unixtime(from_iso8601_timestamp({_CUT})) * 1e3 AS BIGINT) END"
)


class Archive(msgspec.Struct, frozen=True):
    """The table of an archive.

    Attributes:
        table: Its name, with its database: ``("logs", "web_shop")``.
        message: The column that has the line.
        timestamp: The key in the line that has the time of the event, in ISO 8601.
        partition: The column of the partitions; its values are the time of arrival.
        partition_format: How they are written, for `datetime.strftime`; later is greater.
        lateness: How long after its event a line may arrive at most.
    """

    table: tuple[str, ...]
    message: str = "message"
    timestamp: str = "timestamp"
    partition: str = "dt"
    partition_format: str = "%Y/%m/%d/%H"
    lateness: timedelta = timedelta(hours=2)

    def partitions(self, start: int, end: int) -> tuple[str, str]:
        """Return the first and the last partition with lines of a time, in milliseconds."""
        first = datetime.fromtimestamp(start / 1000, UTC)
        last = datetime.fromtimestamp(end / 1000, UTC) + self.lateness
        return first.strftime(self.partition_format), last.strftime(self.partition_format)


def trino_sql(relation: Relation, archive: Archive) -> str:
    """Return the SELECT that answers a query; all its columns are VARCHAR, in order.

    Athena gives names of columns in lower case: ``relation.columns`` has them as they are.

    Raises:
        ValueError: The relation has no bounds of time: it would read, and cost, everything.
    """
    tables = [_events(scan, archive) for scan in relation.scans]
    return _Trino().query(relation, tables)


def approximations(relation: Relation) -> tuple[str, ...]:
    """Return what a reader must know of the answer that Trino gives."""
    asked = {apply.function for apply in found(relation, Apply)}
    shows_json = any(column.expression.kind is Kind.JSON for column in relation.shown)
    notes = {
        "percentiles are approximate in the archive": "pct" in asked,
        "maps have their keys sorted in the archive": (shows_json or "jsonstringify" in asked),
    }
    return tuple(note for note, is_told in notes.items() if is_told)


def _events(scan: Scan, archive: Archive) -> str:
    if scan.start is None or scan.end is None:
        raise ValueError("an archive is asked about a time that begins and ends")
    line = identifier(archive.message)
    system = {
        "@timestamp": "t",
        "@ingestionTime": "CAST(NULL AS BIGINT)",
        "@message": "line",
        "@logStream": "path",
        "@log": "'archive'",
        "@ptr": "CAST(t AS VARCHAR) || '-' || substr(lower(to_hex(md5(to_utf8(line)))), 1, 12)",
    }
    columns = [
        *(
            f"json_extract(j, {literal(_json_path((key,)))}) AS {scan.column(key)}"
            for key in scan.keys
        ),
        *(
            f"{system[name]} AS {scan.column(name)}"
            for name in SYSTEM_COLUMNS
            if name in scan.system
        ),
    ]
    read = (
        f'SELECT {line} AS line, "$path" AS path, TRY(json_parse({line})) AS j '
        f"FROM {'.'.join(map(identifier, archive.table))} WHERE {_partitions(scan, archive)}"
    )
    spelled = f"json_extract_scalar(j, {literal(_json_path((archive.timestamp,)))})"
    lines = f"SELECT *, {spelled} AS spelled FROM ({read})"
    timed = f"SELECT line, path, j, TRY({_MOMENT}) AS t FROM ({lines})"
    within = f"t BETWEEN {scan.start} AND {scan.end}"
    return (
        f"{scan.table} AS (SELECT {', '.join(columns) or '1 AS one'} FROM ({timed}) WHERE {within})"
    )


def _partitions(scan: Scan, archive: Archive) -> str:
    first, last = archive.partitions(scan.start or 0, scan.end or 0)
    return f"{identifier(archive.partition)} BETWEEN {literal(first)} AND {literal(last)}"


class _Trino(StepDialect):
    functions: Mapping[str, Template] = FUNCTIONS
    types: Mapping[Kind, str] = {
        Kind.RAW: "JSON",
        Kind.JSON: "JSON",
        Kind.TEXT: "VARCHAR",
        Kind.NUMBER: "DOUBLE",
        Kind.WHOLE: "DECIMAL(38, 0)",
        Kind.BOOLEAN: "BOOLEAN",
        Kind.TIME: "BIGINT",
        Kind.LIST: "ARRAY(VARCHAR)",
    }
    json_null = "JSON 'null'"

    def member(self, sql: str, paths: tuple[Path, ...]) -> str:
        found = [f"json_extract({sql}, {literal(_json_path(path))})" for path in paths]
        return found[0] if len(found) == 1 else f"coalesce({', '.join(found)})"

    def json(self, sql: str) -> str:
        return f"CAST({sql} AS JSON)"

    def json_number(self, sql: str) -> str:
        return f"json_parse({sql})"

    def raw_text(self, sql: str) -> str:
        text = f"json_extract_scalar({sql}, '$')"
        fraction = f"regexp_like(json_format({sql}), '^-?[0-9]+(?:\\.|[eE])')"
        number = self.number_text(f"TRY_CAST({text} AS DOUBLE)")
        return (
            f"(CASE WHEN {self._is_value(sql)} THEN CASE json_format({sql}) WHEN 'true' THEN '1' "
            f"WHEN 'false' THEN '0' ELSE CASE WHEN {fraction} THEN {number} ELSE {text} END "
            "END END)"
        )

    def raw_number(self, sql: str) -> str:
        number = self.text_number(f"json_extract_scalar({sql}, '$')")
        return (
            f"(CASE WHEN {self._is_value(sql)} THEN CASE json_format({sql}) WHEN 'true' THEN 1e0 "
            f"WHEN 'false' THEN 0e0 ELSE {number} END END)"
        )

    def _is_value(self, sql: str) -> str:
        return f"{self.json_begin(sql)} NOT IN ('{{', '[', 'n')"

    def json_text(self, sql: str) -> str:
        return f"json_format({sql})"

    def json_begin(self, sql: str) -> str:
        return f"substr(json_format({sql}), 1, 1)"

    def text_number(self, sql: str) -> str:
        number = self.finite(f"TRY_CAST({sql} AS DOUBLE)")
        return f"(CASE WHEN regexp_like({sql}, '{_NUMBER}') THEN {number} END)"

    def text_whole(self, sql: str) -> str:
        digits = f"regexp_like({sql}, '{_WHOLE}')"
        return f"(CASE WHEN {digits} THEN TRY_CAST({sql} AS DECIMAL(38, 0)) END)"

    def number_whole(self, sql: str) -> str:
        return f"TRY_CAST(truncate({sql}) AS DECIMAL(38, 0))"

    def number_text(self, sql: str) -> str:
        whole = f"CAST(CAST({sql} AS DECIMAL(38, 0)) AS VARCHAR)"
        decimal = f"CAST(CAST({sql} AS DECIMAL(38, 9)) AS VARCHAR)"
        return (
            f"(CASE WHEN {sql} = truncate({sql}) AND abs({sql}) < 1e37 THEN {whole} "
            f"WHEN abs({sql}) >= {_EXACT} AND abs({sql}) < 1e28 "
            f"THEN regexp_replace({decimal}, '\\.?0+$', '') "
            f"WHEN is_finite({sql}) THEN {without_java(f'json_format(CAST({sql} AS JSON))')} END)"
        )

    def finite(self, sql: str) -> str:
        return f"element_at(filter(ARRAY[{sql}], n -> is_finite(n)), 1)"

    def bound(self, sql: str, name: str, body: str) -> str:
        return f"element_at(transform(ARRAY[{sql}], {name} -> {body}), 1)"

    def time_text(self, sql: str) -> str:
        return f"format_datetime(from_unixtime({sql} / 1e3, 'UTC'), 'yyyy-MM-dd HH:mm:ss.SSS')"

    def list_text(self, sql: str) -> str:
        return f"json_format(CAST({sql} AS JSON))"

    def first(self, chain: Chain, keys: Sequence[Order], count: int) -> str:
        # Athena takes 262,144 bytes: a text that is sorted by is written once.
        texts = {
            key: Column(f"{chain.last}_{place}", Kind.TEXT)
            for place, key in enumerate(keys)
            if key.column.kind not in NUMERIC
        }
        if texts:
            columns = self._columns([(column, key.column) for key, column in texts.items()])
            chain.add(f"SELECT *, {columns} FROM {chain.last}")
        named = [Order(texts.get(key, key.column), key.descending) for key in keys]
        return super().first(chain, named, count)

    def chunks(self, text: str) -> str:
        parts = f"regexp_extract_all({text}, '[0-9]+|[^0-9]+')"
        length = "lpad(CAST(length(c) AS VARCHAR), 4, '0')"
        key = f"CASE WHEN regexp_like(c, '^[0-9]') THEN '0' || {length} || c ELSE c END"
        return f"array_join(transform({parts}, c -> {key}), '')"

    def extract(self, chain: Chain, step: Extract) -> None:
        text, regex = self.convert(step.of, Kind.TEXT), literal(for_joni(step.regex))
        names = [column.name for column in step.columns]
        if step.position is not None:
            lists = ", ".join(
                f"regexp_extract_all({text}, {regex}, {place + 1})" for place in range(len(names))
            )
            made = ", ".join([*names, step.position.name])
            unnested = f"UNNEST({lists}) WITH ORDINALITY AS u ({made})"
            chain.add(f"SELECT * FROM {chain.last} CROSS JOIN {unnested}")
            return
        columns = ", ".join(
            f"regexp_extract({text}, {regex}, {place + 1}) AS {name}"
            for place, name in enumerate(names)
        )
        chain.add(f"SELECT *, {columns} FROM {chain.last}")

    def unroll(self, chain: Chain, step: Unroll) -> None:
        of = self.convert(step.of, Kind.JSON)
        elements = (
            f"CASE WHEN {self.json_begin(of)} = '[' THEN CAST({of} AS ARRAY(JSON)) "
            f"ELSE ARRAY[{of}] END"
        )
        made = f"{step.column.name}, {step.position.name}"
        unnested = f"UNNEST({elements}) WITH ORDINALITY AS u ({made})"
        chain.add(f"SELECT * FROM {chain.last} CROSS JOIN {unnested}")

    def series(self, table: str, time: str, width: int) -> str:
        ends = f"SELECT min({time}) AS low, max({time}) AS high FROM {table}"
        far = f"sequence(low, high, {width * _LONGEST})"
        near = f"sequence(u, least(u + {width * (_LONGEST - 1)}, high), {width})"
        unnested = f"CROSS JOIN UNNEST({far}) AS a (u) CROSS JOIN UNNEST({near}) AS b (t)"
        return f"(SELECT t FROM ({ends}) {unnested}) AS series"


def without_java(text: str) -> str:
    """Return a text of Java's for a number as all else here writes it: ``1e-07``, ``0.0005``.

    Java has an exponent below 0.001, ``5.0E-4``, others have one below 0.0001.
    """
    short = f"regexp_replace({text}, '\\.0E', 'E')"
    plain = f"regexp_replace({short}, '([0-9])\\.?([0-9]*)E-4$', '0.000$1$2')"
    padded = f"regexp_replace({plain}, 'E-([0-9])$', 'E-0$1')"
    return f"replace(replace({padded}, 'E-', 'e-'), 'E', 'e+')"


def _json_path(path: Path) -> str:
    steps = (
        f"[{step}]" if isinstance(step, int) else f"[{identifier(step)}]".replace('""', '\\"')
        for step in path
    )
    return "$" + "".join(steps)
