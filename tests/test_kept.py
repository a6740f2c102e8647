"""What pure modules keep once it is worked out: the same each time it is worked out anew.

Which test of a worker asks first is chance, and only pure tests are measured: without these the figure of coverage would be chance too.
"""

from training_admin.parties import retirement_age
from training_admin.subsidy.gather import eligible_categories


def test_the_categories_that_count_are_the_same_when_they_are_read_anew() -> None:
    kept = eligible_categories()
    eligible_categories.cache_clear()
    assert eligible_categories() == kept
    assert True in kept.values()
    assert False in kept.values()


def test_the_ages_of_retirement_are_the_same_when_they_are_read_anew() -> None:
    tracks = retirement_age.TRACKS
    asked = [(track, year, month) for track in tracks for year in (1950, 1965, 1980, 2000) for month in (1, 12)]
    kept = [retirement_age.lowest_limit_months(track) for track in tracks], [retirement_age._limit(*each) for each in asked]
    for each in (retirement_age._tables, retirement_age._limit, retirement_age.lowest_limit_months):
        each.cache_clear()
    assert ([retirement_age.lowest_limit_months(track) for track in tracks], [retirement_age._limit(*each) for each in asked]) == kept
