"""Two builds of the tiny landed city, each made once for a whole run of tests."""

import pytest
from dbt_run import NO_TESTS, Build, built_once
from landed_city import write_city


@pytest.fixture(scope="session")
def built() -> Build:
    """The tiny city, built with all dbt tests and unit tests."""

    def build(made: Build) -> None:
        write_city(made.landed)
        made.run()

    return built_once("tiny_city", build)


@pytest.fixture(scope="session")
def shuffled() -> Build:
    """The same city with the rows of every landed table in another order, models and seeds only."""

    def build(made: Build) -> None:
        write_city(made.landed, seed=20150101)
        made.run("build", *NO_TESTS)

    return built_once("shuffled_city", build)
