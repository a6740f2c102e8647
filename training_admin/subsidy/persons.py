"""What claims know of one person: the phone for his sign-in, and every row that names him."""

from training_admin.database import read_transaction
from training_admin.kit.identifiers import clean_number, is_mobile
from training_admin.subsidy import own_store


async def phone_of_person(person: bytes) -> str | None:
    """The mobile number of the person's newest roster row; None when no claim names him or it is no mobile number."""
    async with read_transaction():
        line = await own_store.newest_line(person)
    phone = "" if line is None else clean_number(line.mobile)
    return phone if is_mobile(phone) else None
