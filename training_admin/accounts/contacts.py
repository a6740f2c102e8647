"""Where an organisation can be reached: the phone of the contact it gave at its registration, for the message port."""

import msgspec

from training_admin.accounts import organisation_store
from training_admin.accounts.registering import Contact
from training_admin.database import read_transaction
from training_admin.kit.vault import vault


async def phone_of_organisation(code: str) -> str | None:
    """The phone of an organisation's contact; None when it gave none or does not exist."""
    async with read_transaction():
        sealed = await organisation_store.sealed_contact(code)
    if sealed is None:
        return None
    return msgspec.json.decode(vault().decrypt(sealed, place=organisation_store.CONTACT_PLACE), type=Contact).phone
