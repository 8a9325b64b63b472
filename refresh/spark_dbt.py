"""dbt on Apache Spark, in a process of its own that ends with whoever started it.

    python -m refresh.spark_dbt OUT.json DBT_ARGUMENT …

Writes `nodes`, what became of every one: unique id → status, seconds, failures and kinds of errors; and `java_ended`, the exit
code of a JVM that ended while dbt was at work. Messages stay here, because Spark's may quote rows; of what this process and its
JVM print, the starter keeps the kinds of errors only.
"""

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from refresh.spark import kinds_of_error


def _end_with_starter() -> None:
    while os.read(0, 1):  # gives nothing once the process at the other side of the pipe has ended
        pass
    os._exit(1)


def _java() -> Any:
    """The gateway to the JVM this process started; None where there is none, as with a server of the office."""
    return sys.modules["pyspark"].SparkContext._gateway if "pyspark" in sys.modules else None


def _end_java() -> None:
    """End the JVM and wait for it, so that nothing of it is left, and its seconds of CPU count as this process's."""
    if gateway := _java():
        with suppress(Exception):  # a JVM that has ended answers nobody
            sys.modules["pyspark"].SparkContext._active_spark_context.stop()
            gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _told(result: Any) -> dict[str, Any]:
    return {
        "status": str(result.status),
        "seconds": result.execution_time,
        "failed_count": result.failures,
        "kinds": sorted(kinds_of_error(result.message or "")),
    }


def main(out: Path, arguments: list[str]) -> int:
    """Run dbt and note what came of it before Java is asked to end; raises what dbt raised where nothing came of it."""
    from dbt.cli.main import dbtRunner

    Thread(target=_end_with_starter, daemon=True).start()
    outcome = dbtRunner().invoke(arguments)
    results = getattr(outcome.result, "results", None)
    if results is None:
        _end_java()
        raise outcome.exception or SystemExit(1)
    told = {
        "java_ended": java.proc.poll() if (java := _java()) else None,
        "nodes": {result.node.unique_id: _told(result) for result in results},
    }
    out.write_text(json.dumps(told), encoding="utf-8")
    _end_java()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
