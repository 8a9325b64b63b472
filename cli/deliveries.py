"""`nordwaerts deliveries`: every delivery and its state, as the ledger says it; the orchestrator shows the same.

Without `--all` only those that count or were not taken over. Ends with 1 where nothing was ever delivered.
"""

from typing import TYPE_CHECKING, Any

import click

from cli.one_delivery import receipts_of
from cli.options import json_option, language_option, print_json, programme_option, var_folder
from release.layout import VarFolder
from release.spoken import day, words
from release.standing import STATE_WORDS, Standing, standing

if TYPE_CHECKING:
    from ingest.archive import Receipt

_OVER = ("superseded", "rejected", "withdrawn")


@click.command("deliveries")
@click.option(
    "--all",
    "with_all",
    is_flag=True,
    help="auch ersetzte, verworfene und zurückgezogene · superseded, rejected and withdrawn too",
)
@programme_option
@json_option
@language_option
def deliveries_command(with_all: bool, programme: str, as_json: bool) -> int:
    rows = delivery_rows(var_folder(programme))
    shown = [row for row in rows if with_all or row["state"] not in _OVER]
    if as_json:
        print_json(shown)
    elif rows:
        click.echo("\n".join(_lines(shown, len(rows) - len(shown))))
    else:
        click.echo(
            words(f"Für „{programme}“ wurde noch nichts geliefert.", f"Nothing was delivered for '{programme}' yet.")
        )
    return 0 if rows else 1


def delivery_rows(var: VarFolder) -> list[dict[str, Any]]:
    """One row per delivery of a source, in order of receipt, with its state and that in each landed table."""
    receipts, stands = receipts_of(var), standing(var)
    return [_row(receipt, stands) for receipt in receipts if receipt.source_id != "programme"]


def _row(receipt: "Receipt", stands: Standing) -> dict[str, Any]:
    key = (receipt.source_id, receipt.delivery_id)
    line, judged = stands.withdrawn.get(key), stands.rejected.get(key) or stands.accepted.get(key)
    return {
        "source_id": receipt.source_id,
        "number": receipt.number,
        "delivery_id": receipt.delivery_id,
        "file_name": receipt.file_name,
        "earlier_names": list(receipt.earlier_names),
        "received_on": receipt.received_on,
        "state": stands.state(receipt.source_id, receipt.delivery_id),
        "tables": stands.states(receipt.source_id, receipt.delivery_id),
        "replaced_by": list(stands.replaced_by(receipt.source_id, receipt.delivery_id)),
        "withdrawn_because": line.decision.because if line and line.decision else None,
        "decided": judged.outcome if judged else None,
        "decided_because": judged.decision.because if judged and judged.decision else None,
        "decided_by": judged.decision.by if judged and judged.decision else None,
    }


def _lines(rows: list[dict[str, Any]], left_out: int) -> list[str]:
    lines: list[str] = []
    source_id = None
    for row in rows:
        if row["source_id"] != source_id:
            source_id = row["source_id"]
            lines.append(source_id)
        lines.append(f"  {row['delivery_id'][:12]}  {day(row['received_on'])}  {row['file_name']}: {_state(row)}")
    if left_out:
        lines.append(
            words(
                f"Dazu {left_out} ersetzte, verworfene oder zurückgezogene: nordwaerts deliveries --all",
                f"And {left_out} superseded, rejected or withdrawn: nordwaerts deliveries --all",
            )
        )
    return lines


def _state(row: dict[str, Any]) -> str:
    text = words(*STATE_WORDS[row["state"]])
    if row["replaced_by"]:
        others = ", ".join(each[:12] for each in row["replaced_by"])
        text += words(f" durch {others}", f" by {others}")
    if row["withdrawn_because"]:
        text += f" ({row['withdrawn_because']})"
    elif row["decided"]:
        why = f"{row['decided_because']} – {row['decided_by']}" if row["decided_by"] else row["decided_because"]
        text += f" ({why})" if row["decided"] == row["state"] else words(f"; angenommen ({why})", f"; accepted ({why})")
    return text
