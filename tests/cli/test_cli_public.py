"""What commands write for others, and what they close: rights of files a person or a server names."""

import stat
from pathlib import Path

import pytest


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_an_export_is_closed_and_one_of_the_public_edition_is_open(office, run, tmp_path: Path, ending: str) -> None:
    internal, public = tmp_path / f"internal.{ending}", tmp_path / f"public.{ending}"
    assert run("export", "dim_project", "--out", str(internal)).returncode == 0
    assert run("export", "dim_project", "--public", "--out", str(public)).returncode == 0
    assert (rights(internal), rights(public)) == (0o600, 0o644)


def test_metrics_can_be_collected_by_another_account(office, run, tmp_path: Path) -> None:
    assert run("metrics", "--out", str(tmp_path / "n.prom")).returncode == 0
    assert rights(tmp_path / "n.prom") == 0o644


@pytest.mark.attack("a command run under the usual umask · what it writes is closed")
def test_what_a_command_writes_is_closed(office, run) -> None:
    office.var.ledger_head.unlink()
    done = run("pin", office.old, "--because", "x")
    assert done.returncode == 0, done.stderr
    assert rights(office.var.ledger_head) == 0o600


def test_the_public_edition_is_laid_out_for_others(office, run, tmp_path: Path) -> None:
    web = tmp_path / "web"
    said = [run("public", str(web), "--lang", lang) for lang in ("de", "en")]
    laid = web / "nordwaerts" / office.new
    assert [done.stdout for done in said] == [
        f"Ausgelegt: die öffentliche Fassung des Stands {office.new} in {laid}.\n",
        f"Laid out: the public edition of release {office.new} in {laid}.\n",
    ]
    assert (web / "nordwaerts" / "current").readlink() == Path(office.new)
    assert {rights(path) for path in laid.rglob("*") if path.is_file()} == {0o644}
    assert (rights(web), rights(web / "nordwaerts"), rights(laid), rights(laid / "csv")) == (0o755,) * 4


def test_before_the_first_release_nothing_is_laid_out(run, tmp_path: Path) -> None:
    done = run("public", str(tmp_path / "web"))
    assert done.returncode == 1 and done.stderr
    assert not (tmp_path / "web").exists()
