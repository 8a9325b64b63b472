"""What a release says of its deliveries: which are in force, and until when each source's are young enough."""

import datetime as dt
from dataclasses import replace

from made_up_office import Office

from refresh.publishing import due_on


def test_a_source_is_due_when_the_oldest_of_its_tables_is(office: Office) -> None:
    outcome = office.land()
    assert due_on([outcome]) == {"statistik": dt.date(2022, 2, 1) + dt.timedelta(days=500)}
    older = replace(outcome.in_force[0], received_at="2021-12-01T00:00:00+00:00")
    second = replace(outcome, in_force=(older,))
    for outcomes in ([outcome, second], [second, outcome]):
        assert due_on(outcomes) == {"statistik": dt.date(2021, 12, 1) + dt.timedelta(days=500)}
    both = replace(outcome, in_force=(older, outcome.in_force[0]))
    assert due_on([both]) == {"statistik": dt.date(2022, 2, 1) + dt.timedelta(days=500)}
