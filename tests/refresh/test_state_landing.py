"""The landing of a state: every city's landed files below its own name, and none that a city's next night writes in place."""

from pathlib import Path

from refresh.state import landed_together


def test_what_a_city_writes_in_place_is_copied_and_all_else_linked(tmp_path: Path) -> None:
    cities = {}
    for name in ("elmstedt", "quirbhofen"):
        cities[name] = tmp_path / name
        for file in ("empty.parquet", "statistik.parquet"):
            (cities[name] / "area_figure").mkdir(parents=True, exist_ok=True)
            (cities[name] / "area_figure" / file).write_text(f"{name} {file}")
    landed = landed_together(cities, tmp_path / "landed")
    for name, folder in cities.items():
        own, together = folder / "area_figure", landed / "area_figure" / f"programme={name}"
        assert (together / "statistik.parquet").samefile(own / "statistik.parquet")
        (own / "empty.parquet").write_text("another night")
        assert (together / "empty.parquet").read_text() == f"{name} empty.parquet"
