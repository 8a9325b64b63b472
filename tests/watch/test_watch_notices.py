"""What is to be told of which nights: one notice per matter, with the ledger's sentence and no delivered value."""

import datetime as dt
from dataclasses import replace

import exports
import pytest
from made_up_nights import KEPT, REASON, VALUE

from release import ledger, reading, store
from watch.notices import kept_deliveries, notices, overdue_sources, standing_failure, switched

OTHER = replace(REASON, de="Die Datei ist leer.", en="The file is empty.")


def keys(found) -> list[str]:
    return [notice.key for notice in found]


def test_a_refusal_carries_its_sentences_and_remedies(nights) -> None:
    nights.end("refused", REASON, OTHER, label="a")
    [told] = standing_failure(ledger.read(nights.var))
    assert told.de == (
        "Die Aktualisierung wurde abgelehnt: In Zeile 12 steht keine Zahl. Neu liefern. Die Datei ist leer. Neu liefern."
    )
    assert told.en.startswith("The refresh was refused: Line 12 holds no number. Deliver again.")


def test_a_repeated_refusal_is_the_same_matter_and_another_delivery_another(nights) -> None:
    for label, key in (("a", "refused:1"), ("a", "refused:1"), ("b", "refused:3"), ("a", "refused:4")):
        nights.end("refused", REASON, label=label)
        assert keys(standing_failure(ledger.read(nights.var))) == [key]


def test_the_same_refusal_after_a_good_night_is_told_again(nights) -> None:
    nights.end("refused", REASON, label="a")
    nights.end("unchanged", label="b")
    assert standing_failure(ledger.read(nights.var)) == []
    nights.end("refused", REASON, label="a")
    assert keys(standing_failure(ledger.read(nights.var))) == ["refused:3"]


def test_a_rollback_lifts_no_refusal(nights) -> None:
    nights.end("refused", REASON, label="a")
    nights.end("rolled_back", release_id="2026-03-02-00000000")
    assert keys(standing_failure(ledger.read(nights.var))) == ["refused:1"]


@pytest.mark.parametrize("outcome", ["broken", "died", "stopped"])
def test_every_night_that_broke_off_is_told(nights, outcome: str) -> None:
    nights.end("broken", REASON)
    nights.end(outcome, REASON)
    assert keys(standing_failure(ledger.read(nights.var))) == ["broken:2"]


def test_a_kept_delivery_is_told_once_until_it_is_cleared_up(nights) -> None:
    nights.end("published", REASON, label="a", release_id="r", **KEPT)
    nights.end("unchanged", label="a", release_id="r")
    [told] = kept_deliveries(ledger.read(nights.var))
    assert (told.key, "In Zeile 12 steht keine Zahl." in told.de) == (f"kept:{'b' * 12}", True)
    nights.end("published", REASON, label="c", release_id="t", **KEPT)
    assert kept_deliveries(ledger.read(nights.var))[0].key == told.key, "the same matter in the next release"
    nights.end("published", label="b", release_id="s")
    assert kept_deliveries(ledger.read(nights.var)) == []


def test_an_overdue_source_is_told_once_per_day_it_was_due_on(nights) -> None:
    nights.publish("a")
    real = replace(reading.current(nights.var).manifest, is_synthetic=False)
    assert keys(overdue_sources(real, nights.var, dt.date(2026, 3, 2))) == []
    [told] = overdue_sources(real, nights.var, dt.date(2026, 3, 3))
    assert told.key == "overdue:ehrenamt:2026-03-02"
    assert told.de == (
        "Lieferung überfällig: Die Quelle ehrenamt war fällig bis 02.03.2026, zuletzt geliefert am 01.07.2025. Neu anfordern."
    )
    assert len(overdue_sources(real, nights.var, dt.date(2026, 6, 2))) == 2


def test_sample_deliveries_are_as_old_as_on_their_day(nights) -> None:
    nights.publish("a")
    contents = reading.current(nights.var).manifest
    assert overdue_sources(contents, nights.var, dt.date(2030, 1, 1)) == []


def test_a_turned_claim_names_both_verdicts_and_no_figure(nights) -> None:
    nights.publish("a", deck_1="supported", deck_2="supported")
    assert notices(nights.var) == []
    nights.publish("b", deck_1="not_supported", deck_2="supported")
    nights.end("unchanged", label="b")
    [told] = notices(nights.var)
    assert told.key == "turned:2:deck_1"
    assert "Satz deck_1 – bisher „trifft zu“, jetzt „trifft nicht zu“" in told.de
    assert "sentence deck_1 – 'holds' until now, 'does not hold' from now on" in told.en
    assert VALUE not in told.de + told.en


def test_a_claim_that_is_new_or_gone_has_not_turned(nights) -> None:
    nights.publish("a", deck_1="supported")
    nights.publish("b", deck_2="not_supported")
    assert notices(nights.var) == []


def test_a_rollback_turns_claims_back_and_is_told_as_another_matter(nights) -> None:
    first = nights.publish("a", deck_1="supported")
    nights.publish("b", deck_1="not_supported")
    store.rollback(nights.var, first, exports.NIGHT + dt.timedelta(days=9))
    assert keys(notices(nights.var)) == ["turned:3:deck_1"]


def test_a_first_release_a_programme_without_claims_and_an_empty_folder_turn_nothing(nights) -> None:
    assert notices(nights.var) == []
    nights.publish("a")
    nights.publish("b", deck_1="supported")
    assert notices(nights.var) == []


@pytest.mark.parametrize(
    ("seen", "line", "before"),
    [([], None, None), (["a"], 1, None), (["a", "b"], 2, "a"), (["a", "b", "b"], 2, "a"), (["a", "b", "a"], 3, "b")],
)
def test_which_line_switched_readers_and_from_what(
    nights, seen: list[str], line: int | None, before: str | None
) -> None:
    for release_id in seen:
        nights.end("published", label="x", release_id=release_id)
    found, earlier = switched(ledger.read(nights.var))
    assert ((found.sequence if found else None), earlier) == (line, before)
