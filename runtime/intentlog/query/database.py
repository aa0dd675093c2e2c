"""DuckDB's engine, without the interfaces of its package that nothing here uses.

They, and the metadata of packages that ``import duckdb`` reads, take five times as long to import
as the engine itself.
"""

try:
    import _duckdb as duckdb
except ModuleNotFoundError:  # a version that has it elsewhere
    import duckdb  # type: ignore[no-redef]

__all__ = ["duckdb"]
