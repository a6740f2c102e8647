"""A person sees everything that is kept about him and nothing of anybody else."""

import json
import re

import httpx
import msgspec
import pytest

from tests.accounts.test_person_sign_in import KNOWN, stranger
from tests.accounts.test_personal_requests import trainee
from tests.people import enter, sign_in_as
from tests.subsidy.conftest import sample
from tests.web.conftest import assert_problem
from tests.web.test_pages import table
from training_admin.accounts.middleware import COOKIE
from training_admin.database import counted_queries, fetch_tuples, read_transaction
from training_admin.desk.own_records import own_records
from training_admin.kit.actor import NotAllowed
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import vault
from training_admin.subsidy.store import SEALED_LINE, SealedLine


async def names_of_others() -> set[str]:
    async with read_transaction():
        rows = await fetch_tuples("SELECT sealed FROM claim_line")
    lines = [msgspec.msgpack.decode(vault().decrypt(row[0], place=SEALED_LINE), type=SealedLine) for row in rows]
    return {line.name for line in lines if line.id_no != KNOWN} - {line.name for line in lines if line.id_no == KNOWN} - {""}


async def test_my_records_tell_who_claimed_for_me_with_what_outcome(number: str, clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    records = await own_records(person, clock=clock)
    assert {each.claim_number for each in records.claims.claims} == {number}
    first = records.claims.claims[0]
    assert first.enterprise_name.startswith("上海松江样例智能装备")
    assert first.outcome_words
    assert first.end is not None
    assert first.kept_until is not None
    assert first.kept_until.year == first.end.year + 10
    assert records.claims.masked_number == f"{KNOWN[:4]}{'*' * 12}{KNOWN[-2:]}"
    assert records.claims.retention is not None
    assert records.claims.retention.assumed


async def test_what_other_departments_delivered_about_me_is_there_too(number: str, clock: FixedClock) -> None:
    registers = json.loads(sample("registers_B.json"))
    row = registers["insurance"][0]
    person, _ = await trainee(row["id_no"], clock)
    months = tuple(sorted({each["month"] for each in registers["insurance"] if each["id_no"] == row["id_no"]}))
    assert [(each.payer, each.months) for each in (await own_records(person, clock=clock)).insurance] == [(row["payer"], months)]
    paid = registers["payments"][0]
    person, _ = await trainee(paid["id_no"], clock)
    assert len((await own_records(person, clock=clock)).payments) == sum(each["id_no"] == paid["id_no"] for each in registers["payments"])
    assert number


async def test_a_claim_that_is_not_assessed_yet_is_there_too(submitted: str, clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    records = await own_records(person, clock=clock)
    first = records.claims.claims[0]
    assert (first.claim_number, first.outcome_words, first.reasons) == (submitted, "待核验", ())


async def test_the_queries_do_not_grow_with_the_claims(number: str, clock: FixedClock) -> None:
    person, _ = await trainee(KNOWN, clock)
    other, _ = await trainee(stranger(), clock)
    with counted_queries() as known:
        await own_records(person, clock=clock)
    with counted_queries() as unknown:
        assert (await own_records(other, clock=clock)).claims.claims == ()
    assert len(known) == len(unknown)
    assert number


@pytest.mark.usefixtures("database")
async def test_nobody_with_an_account_has_records_of_his_own_here(clock: FixedClock) -> None:
    with pytest.raises(NotAllowed):
        await own_records((await sign_in_as("anquan", clock)).actor, clock=clock)


async def test_the_page_and_its_table_name_nobody_else(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    _actor, token = await trainee(KNOWN, clock)
    visitor.cookies.set(COOKIE, token)
    page = (await visitor.get("/my-records")).text
    rows = await visitor.get("/my-records.csv")
    for shown in (page, rows.text):
        assert number in shown
        assert KNOWN not in shown
        assert not [name for name in await names_of_others() if name in shown]
    assert "班期档案" in page
    assert "暂定" in page
    assert "第十三条第一款第三项" in page
    assert table(rows)[1][0] == number
    assert '<a href="/my-records"' in (await visitor.get("/")).text
    assert re.search(r"没有其他部门|社保缴费月份", page)


async def test_a_stranger_sees_an_empty_page_and_accounts_see_none(visitor: httpx.AsyncClient, number: str, clock: FixedClock) -> None:
    _actor, token = await trainee(stranger(), clock)
    visitor.cookies.set(COOKIE, token)
    page = (await visitor.get("/my-records")).text
    assert "没有以您名义提交的申报" in page
    assert number not in page
    assert len(table(await visitor.get("/my-records.csv"))) == 1
    await enter(visitor, "jingban-b", clock)
    assert_problem(await visitor.get("/my-records"), 403, "not-allowed")
