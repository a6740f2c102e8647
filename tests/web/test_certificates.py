"""Pages of certificates without script: issued for a class, listed, printed, revoked, checked by anybody, the trainee's own."""

import httpx

from tests.certificates.closed import DOTTED, NAMES, closed_class, identity, issued, person_key
from tests.people import enter
from tests.web.conftest import assert_problem, form_token
from tests.web.test_pages import table
from training_admin.accounts import sessions
from training_admin.accounts.middleware import COOKIE
from training_admin.certificates.facts import State
from training_admin.certificates.printing import PRINT_CERTIFICATES, make_run
from training_admin.certificates.reading import MOST_CHECKS
from training_admin.certificates.store import end_certificate
from training_admin.certificates.tags import tag_of
from training_admin.database import write_transaction
from training_admin.kit.clock import FixedClock
from training_admin.office.jobs import JobRun, run_job
from training_admin.settings import Settings


async def posted(client: httpx.AsyncClient, address: str, *, page: str, **fields: str) -> httpx.Response:
    return await client.post(address, data={**fields, **await form_token(client, page)})


async def test_a_class_gets_its_certificates_and_one_file_to_print(
    visitor: httpx.AsyncClient, clock: FixedClock, database: Settings
) -> None:
    class_no = await closed_class(clock)
    await enter(visitor, "jiaowu", clock)
    address = f"/classes/{class_no}/certificates"
    assert address in (await visitor.get(f"/classes/{class_no}")).text
    page = (await visitor.get(address)).text
    assert f"为 {len(NAMES) - 1} 人颁发证书" in page
    assert DOTTED in page
    assert table(await visitor.get(f"{address}.csv"))[1] == ["张三", "可以颁发", ""]
    made = await posted(visitor, address, page=address)
    assert made.status_code == 303, made.text
    assert_problem(await posted(visitor, address, page=address), 409, "certificate-nobody-entitled")
    listed = await visitor.get(made.headers["location"])
    assert DOTTED in listed.text
    assert identity(0) not in listed.text
    rows = table(await visitor.get(f"/certificates.csv?wanted={class_no}&year=2026&state=valid"))
    assert len(rows) == len(NAMES)
    assert rows[-1][2:4] == ["张三", identity(0)[:4] + "*" * 12 + identity(0)[-2:]]

    asked = await posted(visitor, "/certificates/runs", page="/certificates", wanted=class_no, year="2026")
    assert asked.status_code == 303, asked.text
    run = asked.headers["location"]
    assert "等待生成：0 / 5 张" in (await visitor.get(run)).text
    assert "等待生成" in (await visitor.get(f"{run}/certificates.pdf")).text
    await run_job(JobRun(PRINT_CERTIFICATES, run.rpartition("/")[2], clock), lambda job: make_run(job, settings=database))
    assert "已生成 5 张证书" in (await visitor.get(f"{run}/progress")).text
    assert (await visitor.get(f"{run}/certificates.pdf")).content.startswith(b"%PDF-")
    assert "已生成" in (await visitor.get("/certificates/runs")).text
    assert table(await visitor.get("/certificates/runs.csv"))[1][2:5] == ["5", "5", "已生成"]
    assert_problem(await posted(visitor, "/certificates/runs", page="/certificates", wanted="x"), 409, "certificate-nothing-to-print")


async def test_a_certificate_is_downloaded_reprinted_replaced_and_revoked(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    await enter(visitor, "jiaowu", clock)
    address = f"/certificates/{numbers[0]}"
    pdf = await visitor.get(f"{address}/certificate.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert numbers[0] in pdf.headers["content-disposition"]
    assert_problem(await posted(visitor, f"{address}/reprint", page=address), 422, "certificate-refused")
    assert (await posted(visitor, f"{address}/reprint", page=address, reason="遗失")).status_code == 303
    page = (await visitor.get(address)).text
    for words in ("1 次", "补办培训证书", "遗失", "下载培训证书"):
        assert words in page
    assert (await posted(visitor, f"{address}/replace", page=address, reason="姓名有误", name="张四")).status_code == 303
    assert "已换发" in (await visitor.get(address)).text
    assert_problem(await visitor.get(f"{address}/certificate.pdf"), 409, "certificate-ended")

    await enter(visitor, "chushen", clock)
    other = f"/certificates/{numbers[1]}"
    assert "撤销证书" in (await visitor.get(other)).text
    assert "下载证书" not in (await visitor.get(other)).text
    assert (await posted(visitor, f"{other}/revoke", page=other, reason="查实替考")).status_code == 303
    assert "查实替考" in (await visitor.get(other)).text
    assert_problem(await visitor.get("/certificates/310117202610009000017"), 404, "certificate-not-found")


async def test_anybody_checks_a_certificate(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    scanned = await visitor.get(f"/certificates/check?no={numbers[3]}&t={tag_of(numbers[3])}")
    assert scanned.status_code == 200
    for words in ("有效", "欧阳**", "30", "2026年7月6日", "松江样例职业技能培训学校"):
        assert words in scanned.text
    assert "欧阳小明" not in scanned.text
    changed = f"/certificates/check?no={numbers[2]}&t={tag_of(numbers[3])}"
    assert_problem(await visitor.get(changed), 422, "certificate-refused")
    check = "/certificates/check"
    typed = await posted(visitor, check, page=check, number=numbers[3])
    assert typed.status_code == 200, typed.text
    assert "欧阳**" in typed.text
    assert_problem(await posted(visitor, check, page=check, number="1"), 422, "certificate-refused")
    for _ in range(MOST_CHECKS):
        last = await posted(visitor, check, page=check, number=numbers[3])
    assert_problem(last, 429, "too-many-requests")

    await enter(visitor, "chushen", clock)
    await posted(visitor, f"/certificates/{numbers[3]}/revoke", page=f"/certificates/{numbers[3]}", reason="查实替考")
    visitor.cookies.clear()
    gone = (await visitor.get(f"/certificates/check?no={numbers[3]}&t={tag_of(numbers[3])}")).text
    assert "已撤销" in gone
    assert "替考" not in gone


async def test_a_trainee_keeps_his_own(visitor: httpx.AsyncClient, clock: FixedClock) -> None:
    _class, numbers = await issued(clock)
    person = await person_key(numbers[0])
    async with write_transaction():
        token, _key = await sessions.open_session(account=None, person=person, device="测试", clock=clock, stepped_up=False)
    visitor.cookies.set(COOKIE, token)
    page = (await visitor.get("/my-certificates")).text
    assert numbers[0] in page
    assert numbers[1] not in page
    assert table(await visitor.get("/my-certificates.csv"))[1][0] == numbers[0]
    assert f'src="/my-certificates/{numbers[0]}/certificate.png"' in (await visitor.get(f"/my-certificates/{numbers[0]}")).text
    assert_problem(await visitor.get(f"/my-certificates/{numbers[1]}"), 404, "certificate-not-found")
    assert (await visitor.get(f"/my-certificates/{numbers[0]}/certificate.png")).content.startswith(b"\x89PNG")
    assert (await visitor.get(f"/my-certificates/{numbers[0]}/certificate.pdf")).content.startswith(b"%PDF-")
    assert_problem(await visitor.get(f"/my-certificates/{numbers[1]}/certificate.pdf"), 404, "certificate-not-found")
    async with write_transaction():
        await end_certificate(numbers[0], State.REVOKED, why="替考", on=clock.today(), by="初审员")
    for address in (f"/my-certificates/{numbers[0]}", f"/my-certificates/{numbers[0]}/certificate.pdf"):
        assert_problem(await visitor.get(address), 409, "certificate-ended")
    assert "已撤销" in (await visitor.get("/my-certificates")).text
