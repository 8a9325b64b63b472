"""Dagster's event log with one connection per database for the length of a refresh.

Dagster's SQLite storage opens and closes a connection for every statement, some 2,800 a refresh; closing
the last one makes SQLite copy and remove its write-ahead log. Kept open, the same events cost a tenth.
The files, and what stands in them, are Dagster's own, so its UI reads them like any other. Named in
refresh.yaml, which only the command uses.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import StaticPool


class KeptOpenEventLog(SqliteEventLogStorage):
    """SqliteEventLogStorage that keeps its connections; for a single process that ends with the run."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """The storage named in refresh.yaml, its folder within DAGSTER_HOME."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / config_value["base_dir"]), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": 30, "check_same_thread": False},
            )
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection:
                # A view for the UI: what must survive a power cut is in the ledger.
                connection.execute(text("pragma synchronous = off"))
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close the kept connections; SQLite then tidies up its write-ahead logs once."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
