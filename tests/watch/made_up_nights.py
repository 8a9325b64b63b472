"""Nights on a ledger, and releases with verdicts on two sentences, made as a refresh makes them."""

import datetime as dt
import sys
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1] / "release"))

import exports

from release import ledger, store
from release.layout import VarFolder
from release.reason import Reason

VALUE = "4711.25"  # a delivered figure that no message may hold
REASON = Reason(
    de="In Zeile 12 steht keine Zahl.",
    en="Line 12 holds no number.",
    remedy_de="Neu liefern.",
    remedy_en="Deliver again.",
    file="arbeitslose_2024.csv:12",
)


KEPT = {"in_force": {"arbeitsagentur__t": ["a" * 64]}, "refused": {"arbeitsagentur__t": ["b" * 64]}}


@dataclass
class Nights:
    """One var folder whose ledger goes on night by night, at 03:00 UTC."""

    var: VarFolder
    place: Path
    night: int = 0

    def end(self, outcome: ledger.Outcome, *reasons: Reason, label: str | None = None, **more) -> ledger.Entry:
        """End one night with an outcome, its inputs named by a label."""
        at = exports.NIGHT + dt.timedelta(days=self.night)
        self.night += 1
        inputs = exports.inputs_of(label) if label else None
        return ledger.append(self.var, outcome, at=at, reasons=reasons, inputs_sha256=inputs, **more)

    def publish(self, label: str, *reasons: Reason, is_synthetic: bool = True, **verdicts: str) -> str:
        """Publish a release with these verdicts on the sentences `deck_1` and `deck_2`; its id."""
        rows = [
            {
                "claim_id": claim_id,
                "evaluation": evaluation,
                "wording_de": f"Satz {claim_id}",
                "wording_en": f"sentence {claim_id}",
                "verdict": verdict if evaluation == "current" else "supported",
                "estimate": float(VALUE),
                "is_synthetic": is_synthetic,
            }
            for claim_id, verdict in verdicts.items()
            for evaluation in ("current", "as_of")
        ]
        marts = {"fct_claim_verdict": pa.Table.from_pylist(rows)} if rows else exports.default_marts(1)
        export = exports.write_export(self.place / label, label, marts=marts)
        found = store.publish(export, exports.meta(label, is_synthetic), self.var)
        self.end("published", *reasons, label=label, release_id=found.release_id, **(KEPT if reasons else {}))
        return found.release_id
