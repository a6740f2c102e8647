"""Registrations as organisations send them."""

from random import Random

import msgspec

from training_admin.accounts.registering import Contact, Registered, Registration, register_organisation
from training_admin.demo.people import People
from training_admin.kit.clock import FixedClock
from training_admin.kit.rights import OrganisationKind

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"
PASSWORD = "Qing-Shan-Lv-Shui-7"
HERE = "192.0.2.40"
PHONE = "13912345678"
codes = People(Random(7))  # noqa: S311 - made-up firms


def registration(**changes: object) -> Registration:
    """A good registration of an enterprise with a new credit code."""
    asked = Registration(
        kind=OrganisationKind.ENTERPRISE,
        code=codes.credit_code(),
        name="上海松江样例新办企业有限公司",
        licence=PDF,
        contact=Contact("王样例", PHONE),
        login="xinban",
        password=PASSWORD,
    )
    return msgspec.structs.replace(asked, **changes)


async def registered(clock: FixedClock, **changes: object) -> Registered:
    """A registration that waits."""
    return await register_organisation(registration(**changes), address=HERE, profile="modern", clock=clock)
