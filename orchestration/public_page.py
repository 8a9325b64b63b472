"""The public page as Dagster shows it: one asset in a job of its own, begun after a refresh that gave readers a new release.

A page that cannot be made unpublishes nothing: its run fails and says why, the release stands. Belongs here: when the page is
made. Does not belong here: anything on the page, which report/ makes.
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.assets import OWNERS
from programmes.model import Programme
from release import reading
from release.layout import VarFolder
from release.reason import Reason, ReleaseError
from report.query_engine import engine_of
from report.site import TOLD, make_site

JOB, ASSET = "public_page", "site"


def page_asset(programme: Programme, var: VarFolder) -> dg.AssetsDefinition:
    """The pages of the release readers see, in the programme's folder."""

    @dg.asset(
        name=ASSET,
        group_name="release",
        kinds={"html"},
        owners=OWNERS,
        deps=["release"],
        description="Öffentliche Seiten, deutsch und englisch, aus der öffentlichen Fassung des Stands. Public pages from the public edition of the release.",
    )
    def site() -> dg.MaterializeResult[None]:
        try:
            release = reading.current(var)
            if release is None:
                raise ReleaseError(_NOTHING)
            made = make_site(release, programme, var.site, reading.seen_before(var, release, TOLD), engine_of())
        except ReleaseError as error:
            raise dg.Failure("\n".join(_told(error.reasons)), allow_retries=False) from None
        return dg.MaterializeResult(metadata={"release_id": release.release_id, "pages": len([*made.rglob("*.html")])})

    return site


def page_job_and_sensor(nightly: Any, var: VarFolder, is_on: bool) -> tuple[Any, dg.SensorDefinition]:
    """The job that makes them, and what begins it after each run of the nightly job whose release has no pages yet."""
    job = dg.define_asset_job(JOB, selection=[ASSET], executor_def=dg.in_process_executor)

    @dg.run_status_sensor(
        name=f"{JOB}_sensor",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=[nightly],
        request_job=job,
        default_status=dg.DefaultSensorStatus.RUNNING if is_on else dg.DefaultSensorStatus.STOPPED,
        description="Macht nach jeder Aktualisierung die öffentlichen Seiten. Makes the public pages after each refresh.",
    )
    def sensor(_context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        seen, current = reading.current_id(var), var.site / "current"
        if current.is_symlink() and current.readlink().name == seen:
            return dg.SkipReason("Die Seiten dieses Stands gibt es schon. The pages of this release are there.")
        return dg.RunRequest(run_key=seen)

    return job, sensor


def _told(reasons: Sequence[Reason]) -> list[str]:
    return [f"{reason.text('de')} · {reason.text('en')}" for reason in reasons]


_NOTHING = Reason(
    de="Es ist noch kein Stand veröffentlicht, von dem Seiten zu machen wären.",
    en="No release has been published yet to make pages of.",
    remedy_de="Starten Sie zuerst die Aktualisierung (nightly).",
    remedy_en="Run the refresh (nightly) first.",
)
