"""A roster in the vault and out of it: identity number and phone sealed, each person found again by the keyed hash that claims use."""

from collections.abc import Sequence

from training_admin.catalog.class_facts import NamedTrainee, Trainee
from training_admin.catalog.class_store import SealedTrainee
from training_admin.kit.vault import vault
from training_admin.parties.institution_store import PERSON_PLACE

ROSTER_PLACE = "class_trainee.sealed"
PHONE_PLACE = "class_trainee.sealed_phone"


def sealed_roster(roster: Sequence[NamedTrainee]) -> list[SealedTrainee]:
    """A roster with sealed numbers and keyed hashes, by the place that claims use, so that the same person is found."""
    keys = vault()
    return [
        SealedTrainee(
            Trainee(
                name=each.name,
                person=keys.keyed_hash(each.identity, place=PERSON_PLACE).hex(),
                group=each.group,
                enterprise=each.enterprise,
                post=each.post,
                note=each.note,
                contract_start=each.contract_start,
                contract_end=each.contract_end,
                prior=each.prior,
            ),
            keys.encrypt_text(each.identity, place=ROSTER_PLACE),
            keys.encrypt_text(each.phone, place=PHONE_PLACE) if each.phone else None,
        )
        for each in roster
    ]


def opened_roster(roster: Sequence[SealedTrainee]) -> tuple[NamedTrainee, ...]:
    """A roster in clear; raises Undecipherable."""
    keys = vault()
    return tuple(
        NamedTrainee(
            name=one.name,
            identity=keys.decrypt_text(each.sealed, place=ROSTER_PLACE),
            group=one.group,
            enterprise=one.enterprise,
            post=one.post,
            note=one.note,
            phone="" if each.sealed_phone is None else keys.decrypt_text(each.sealed_phone, place=PHONE_PLACE),
            contract_start=one.contract_start,
            contract_end=one.contract_end,
            prior=one.prior,
        )
        for each in roster
        for one in (each.trainee,)
    )
