"""One build of the tiny landed city, shared by the tests of the dbt project."""

import pytest
from dbt_run import Build
from landed_city import write_city


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The tiny city, built once with all dbt tests and unit tests."""
    build = Build(tmp_path_factory.mktemp("city"))
    write_city(build.landed)
    return build.run()


@pytest.fixture(scope="session")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> Build:
    """The same city with the rows of every landed table in another order, models and seeds only."""
    build = Build(tmp_path_factory.mktemp("shuffled"))
    write_city(build.landed, seed=20150101)
    return build.run("build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
