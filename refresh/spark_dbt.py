"""dbt on Apache Spark, in a process of its own that ends with whoever started it.

    python -m refresh.spark_dbt OUT.json DBT_ARGUMENT …

Writes what became of every node: unique id → status, seconds, failures and kinds of errors. Messages stay here, because
Spark's may quote rows; and so does all that a JVM prints.
"""

import json
import os
import re
import sys
from pathlib import Path
from threading import Thread
from typing import Any

_KIND = re.compile(r"\[([A-Z][A-Z_.0-9]+)\]")  # how Spark begins a message: [CAST_INVALID_INPUT] …


def _end_with_starter() -> None:
    while os.read(0, 1):  # gives nothing once the process at the other side of the pipe has ended
        pass
    os._exit(1)


def _end_java() -> None:
    """End the JVM and wait for it, so that nothing of it is left, and its seconds of CPU count as this process's."""
    if pyspark := sys.modules.get("pyspark"):
        context, gateway = pyspark.SparkContext._active_spark_context, pyspark.SparkContext._gateway
        if context and gateway:
            context.stop()
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait()


def _told(result: Any) -> dict[str, Any]:
    return {
        "status": str(result.status),
        "seconds": result.execution_time,
        "failed_count": result.failures,
        "kinds": sorted(set(_KIND.findall(result.message or ""))),
    }


def main(out: Path, arguments: list[str]) -> int:
    """Run dbt and note what came of it; the exit code."""
    from dbt.cli.main import dbtRunner

    Thread(target=_end_with_starter, daemon=True).start()
    outcome = dbtRunner().invoke(arguments)
    _end_java()
    results = getattr(outcome.result, "results", None)
    if results is None:
        return 1
    out.write_text(json.dumps({result.node.unique_id: _told(result) for result in results}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
