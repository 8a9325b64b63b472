"""Dagster's event log for the one process of a refresh: connections kept, nothing asked twice.

Dagster's SQLite storage opens and closes a connection for every statement, some 2,800 a refresh; closing
the last one makes SQLite copy and remove its write-ahead log. It asks the schema before every event, and looks
up after every asset what it has just stored itself. The files, and what stands in them, are Dagster's own, so
its UI reads them like any other. Named in refresh.yaml, which only the command uses.
"""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.storage.event_log.base import AssetEntry, AssetRecord
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import StaticPool


class KeptOpenEventLog(SqliteEventLogStorage):
    """SqliteEventLogStorage that keeps its connections; for a single process that ends with the run."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._lock = threading.RLock()
        self._open: dict[str, Connection] = {}
        self._present: set[str] = set()
        self._stored: dict[dg.AssetKey, AssetRecord] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """The storage named in refresh.yaml, its folder within DAGSTER_HOME."""
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / config_value["base_dir"]), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        """A transaction, or the one that is open already."""
        with self._lock:
            if shard in self._open:
                yield self._open[shard]
                return
            with self._engine(shard).begin() as connection:
                self._open[shard] = connection
                try:
                    yield connection
                finally:
                    del self._open[shard]

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

    def store_event_batch(self, events: Sequence[dg.EventLogEntry]) -> None:
        """Store events of one run, all or none."""
        with self._connect(events[0].run_id), self._connect(INDEX_SHARD_NAME):
            super().store_event_batch(events)

    def has_table(self, table_name: str) -> bool:
        """Whether a table is there; one that is stays."""
        return self._once(f"table {table_name}", lambda: super(KeptOpenEventLog, self).has_table(table_name))

    def has_secondary_index(self, name: str) -> bool:
        """Whether an index was built; one that was stays."""
        return self._once(f"index {name}", lambda: super(KeptOpenEventLog, self).has_secondary_index(name))

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        ask = super()._has_asset_key_col_on_connection
        return self._once(f"column {column_name}", lambda: ask(conn, column_name))

    def _once(self, what: str, is_there: Callable[[], bool]) -> bool:
        if what not in self._present and is_there():
            self._present.add(what)
        return what in self._present

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        """Records of assets; of those materialised by this process as it stored them, with their last event alone."""
        if asset_keys is not None and all(key in self._stored for key in asset_keys):
            return [self._stored[key] for key in asset_keys]
        return super().get_asset_records(asset_keys)

    def _store_asset_event(self, conn: Connection, event: dg.EventLogEntry, event_id: int) -> None:
        super()._store_asset_event(conn, event, event_id)
        stored = event.get_dagster_event()
        if stored.is_step_materialization and stored.asset_key:
            entry = AssetEntry(
                asset_key=stored.asset_key,
                last_materialization_record=dg.EventLogRecord(storage_id=event_id, event_log_entry=event),
                last_run_id=event.run_id,
            )
            self._stored[stored.asset_key] = AssetRecord(storage_id=event_id, asset_entry=entry)

    def dispose(self) -> None:
        """Close the kept connections; SQLite then tidies up its write-ahead logs once."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
