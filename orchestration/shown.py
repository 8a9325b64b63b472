"""Which programme the orchestrator shows, and whether its deliveries are the sample or those of the inbox.

Named by NORDWAERTS_PROGRAMME and NORDWAERTS_SAMPLE=1. Imports no Dagster, so that `make ui` can say it while Dagster
starts.
"""

import os
from dataclasses import dataclass

from programmes.model import Programme


def asked_for() -> tuple[str, bool]:
    """The programme the environment names, and whether it asks for the sample deliveries."""
    return os.environ.get("NORDWAERTS_PROGRAMME", "nordwaerts"), os.environ.get("NORDWAERTS_SAMPLE") == "1"


@dataclass(frozen=True)
class Shown:
    """One programme with one kind of deliveries."""

    programme: Programme
    is_sample: bool

    @property
    def tags(self) -> dict[str, str]:
        """Tags of job, runs and assets: the programme's id, and `sample` or `inbox`."""
        return {
            "programme": self.programme.settings.programme_id,
            "deliveries": "sample" if self.is_sample else "inbox",
        }

    @property
    def sentence(self) -> str:
        """The same in words of both languages."""
        settings = self.programme.settings
        named = f"{settings.name}, {settings.city} ({settings.programme_id})"
        if self.is_sample:
            return f"{named}: Musterlieferungen, keine amtlichen Angaben · sample deliveries, no official figures"
        return f"{named}: Lieferungen aus dem Eingangsordner · deliveries from the inbox"
