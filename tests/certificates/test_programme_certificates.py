"""Certificates of an apprentice programme: for whom, of which kind, what they say, never twice."""

import io

import httpx
import pikepdf
import pytest

from tests.people import enter, sign_in_as
from tests.subsidy.programme_world import NUMBER, ended, filed, trained
from tests.web.conftest import form_token
from training_admin.certificates import programme_issuing, reading
from training_admin.certificates.facts import Kind
from training_admin.certificates.issuing import ClassNotClosed, FontMissing, NobodyEntitled
from training_admin.kit.clock import FixedClock
from training_admin.settings import Settings


async def test_certified_and_completed_get_their_own_certificates_once(
    database: Settings, visitor: httpx.AsyncClient, clock: FixedClock
) -> None:
    await filed(4, clock)
    registrar = (await sign_in_as("jiaowu", clock)).actor
    with pytest.raises(ClassNotClosed):
        await programme_issuing.issue_programme(registrar, NUMBER, clock=clock)
    await trained(clock)
    await ended({2: ("completed", ""), 3: ("left", ""), 4: ("failed", "")})
    shown = await programme_issuing.programme_certificates(registrar, NUMBER, clock=clock)
    assert [(kind, bool(each.why)) for each, kind in shown.candidates] == [
        ("学徒制培训证书", False),
        ("结业证书", False),
        ("", True),
        ("", True),
    ]
    await enter(visitor, "jiaowu", clock)
    address = f"/programmes/{NUMBER}/certificates"
    answer = await visitor.post(address, data=await form_token(visitor, address))
    assert answer.status_code == 303
    with pytest.raises(NobodyEntitled):
        await programme_issuing.issue_programme(registrar, NUMBER, clock=clock)
    page = (await visitor.get(f"/certificates?wanted={NUMBER}")).text
    numbers = sorted({each for each in page.split('"') if each.startswith("/certificates/310117") and each.count("/") == 2})
    assert len(numbers) == 2
    for kind, link in zip((Kind.COMPLETION, Kind.APPRENTICESHIP), numbers, strict=True):
        certificate, holder = await reading.taken_out(registrar, link.rpartition("/")[2], clock=clock)
        assert certificate.kind is kind
        assert (holder.mentor, holder.teacher, "操作技能" in holder.blocks) == ("师傅1", "吴老师", True)
        assert (certificate.content.term, certificate.content.level) == ("12个月", "四级/中级工")
        drawn = (await visitor.get(f"{link}/certificate.pdf")).content
        assert len(pikepdf.open(io.BytesIO(drawn)).pages) == 1
    assert (await visitor.get(f"{address}.csv")).status_code == 200


@pytest.mark.parametrize("column", ["enterprise_name", "institution_name", "occupation_name"])
async def test_a_name_on_a_certificate_that_no_font_carries_is_refused(database: Settings, clock: FixedClock, column: str) -> None:
    await filed(1, clock, **{column: "上海\U000323af样例"})
    registrar = (await sign_in_as("jiaowu", clock)).actor
    await trained(clock)
    await ended({})
    with pytest.raises(FontMissing, match=r"U\+323AF"):
        await programme_issuing.issue_programme(registrar, NUMBER, clock=clock)
