"""What an actor may reach: his own organisation, those of his assignments, the district, and nothing that is another's."""

import pytest

from training_admin.kit.actor import Actor, ActorKind, NotAllowed, NotYetApproved, assert_approved, assert_own, scope_of
from training_admin.kit.refusals import NotFound
from training_admin.kit.rights import Right, Role, clashing_roles

OWN, OTHER = "91310117MA1J00001X", "91310117MA1J00002X"


def actor(*roles: Role, organisations: frozenset[str] | None = frozenset(), approved: bool = True) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        key="account 1",
        name="经办人",
        organisation=OWN,
        roles=frozenset(roles),
        organisations=organisations,
        approved=approved,
    )


def test_what_is_anothers_does_not_exist() -> None:
    clerk, missing = actor(Role.CLAIM_CLERK), NotFound("没有找到。")
    assert_own(clerk, Right.CLAIM_READ, OWN, missing)
    with pytest.raises(NotFound) as told:
        assert_own(clerk, Right.CLAIM_READ, OTHER, missing)
    assert told.value is missing
    with pytest.raises(NotAllowed):
        scope_of(clerk, Right.CLAIM_REVIEW)


def test_an_assignment_reaches_its_organisations_or_all() -> None:
    one = scope_of(actor(Role.AUDITOR, organisations=frozenset({OTHER})), Right.CLAIM_READ)
    assert (one.covers(OTHER), one.covers(OWN)) == (True, False)
    assert scope_of(actor(Role.AUDITOR, organisations=None), Right.CLAIM_READ).covers(OWN)
    assert scope_of(actor(Role.FIRST_REVIEWER), Right.CLAIM_READ).codes is None


def test_a_registration_that_waits_submits_nothing() -> None:
    assert_approved(actor(Role.CLAIM_CLERK))
    with pytest.raises(NotYetApproved, match="核准"):
        assert_approved(actor(Role.CLAIM_CLERK, approved=False))


@pytest.mark.parametrize(
    ("roles", "clash"),
    [
        ((Role.CLAIM_CLERK, Role.SIGNATORY), False),
        ((Role.FIRST_REVIEWER, Role.SECOND_REVIEWER), True),
        ((Role.FINANCE_CLERK, Role.INSPECTOR), True),
        ((Role.FINANCE_CHECKER, Role.FIRST_REVIEWER), True),
        ((Role.AUDITOR, Role.LEADER), True),
    ],
)
def test_incompatible_duties_are_not_in_one_hand(roles: tuple[Role, ...], clash: bool) -> None:
    assert (clashing_roles(roles) is not None) is clash
