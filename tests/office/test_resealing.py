"""Keys rotate while people go on working: afterwards nothing is unreadable, search still finds, and old keys can go."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from piccolo.columns import Bytea

import training_admin
from tests.accounts.registrations import PDF
from tests.parties.resources import entered
from tests.people import account, code_of, sign_in_as
from tests.web.conftest import sample
from training_admin.accounts import organisation_store
from training_admin.accounts.signing_in import prove_again
from training_admin.catalog.publication import publish_items
from training_admin.catalog.sample import sample_catalog
from training_admin.database import engine, fetch_tuples, read_transaction, retried, room_registry, write_transaction
from training_admin.kit.actor import COMMAND_LINE, DEMO
from training_admin.kit.ciphers import CipherName
from training_admin.kit.clock import FixedClock
from training_admin.kit.vault import Undecipherable, Vault, open_vault, read_ring, use_vault, vault
from training_admin.office import trail
from training_admin.office.files import KeptFile, keep_file, load_file
from training_admin.office.heads import public_key
from training_admin.office.keys import assert_keys_fit
from training_admin.office.resealing import KeysBusy, KeysStillUsed, Rotation, key_versions, retire_keys, rotate_keys
from training_admin.office.sealed_store import TRY_LOCK
from training_admin.parties.institution_facts import ResourceKind
from training_admin.settings import Settings
from training_admin.subsidy import claims
from training_admin.subsidy.assessing import FIRST_TIME, assess_claim
from training_admin.subsidy.deliveries import receive_registers
from training_admin.subsidy.store import SEALED_LINE, SealedLine
from training_admin.wiring import SEALED_COLUMNS

CONTACT = b"a name and a phone"
PACKAGE = Path(training_admin.__file__).parent
FILLED = {
    *("key_proof.sealed", "account.sealed_factor", "organisation.sealed_contact", "personal_request.sealed_text"),
    *("resource_version.sealed", "claim.sealed_head", "claim_line.sealed", "stored_file.sealed"),
}
HOUR = timedelta(hours=1)
OF_NO_KEY = b"\x00\x07" + bytes(60)


@pytest.fixture
def key_file(database: Settings, tmp_path: Path) -> Iterator[Path]:
    """A key file of the test's own: rotation must not touch the one that the worker's other tests use."""
    file, own = tmp_path / "keys.json", vault()
    shutil.copy(database.keys, file)
    use_vault(open_vault(file))
    yield file
    use_vault(own)


def quiet(_place: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


async def rotated(key_file: Path, clock: FixedClock, cipher: CipherName | None = None) -> Rotation:
    return await rotate_keys(COMMAND_LINE, SEALED_COLUMNS, key_file=key_file, cipher=cipher, clock=clock, progress=quiet)


async def retired(key_file: Path, clock: FixedClock) -> list[int]:
    return await retire_keys(COMMAND_LINE, SEALED_COLUMNS, key_file=key_file, clock=clock)


async def versions_in_use(key_file: Path) -> dict[int, int]:
    return {each.version: each.values for each in await key_versions(SEALED_COLUMNS, read_ring(key_file)) if each.values}


@retried
async def keep(clock: FixedClock, content: bytes) -> KeptFile:
    async with write_transaction():
        return await keep_file(content, media_type="text/plain", at=clock.now())


def test_every_sealed_column_of_every_table_is_rotated() -> None:
    tables = [table for app in room_registry().app_configs.values() for table in app.table_classes]
    found = {
        f"{table._meta.tablename}.{column._meta.name}"
        for table in tables
        for column in table._meta.columns
        if isinstance(column, Bytea) and column._meta.name.startswith("sealed")
    }
    assert found == {column.place for column in SEALED_COLUMNS}
    versioned = {table._meta.tablename for table in tables if any(column._meta.name == "key_version" for column in table._meta.columns)}
    assert versioned == {column.table for column in SEALED_COLUMNS if column.version_column}


@pytest.mark.parametrize("place", [column.place for column in SEALED_COLUMNS])
def test_what_is_sealed_names_its_own_column_as_its_place(place: str) -> None:
    """Otherwise a rotation could not open it: the place is worked out from the list."""
    files = [file for file in PACKAGE.rglob("*.py") if file.name != "wiring.py"]
    assert any(f'"{place}"' in file.read_text("utf-8") for file in files)


async def everything(clock: FixedClock) -> str:
    """Something in each of the filled columns; returns the number of the claim."""
    await publish_items(DEMO, sample_catalog(), paper="样例目录", clock=clock)
    await receive_registers(DEMO, sample("registers_B.json"), source="测试交付", clock=clock)
    receipt = await claims.submit_claim(COMMAND_LINE, sample("claim_B.xlsx"), readable_only=True, clock=clock)
    await assess_claim(COMMAND_LINE, receipt.number, cause=FIRST_TIME, clock=clock)
    await assert_keys_fit()
    await account("chushen", clock)
    await entered(clock, ResourceKind.TEACHER)
    keys = vault()
    contact = keys.encrypt(CONTACT, place=organisation_store.CONTACT_PLACE)
    async with write_transaction():
        await fetch_tuples("UPDATE organisation SET sealed_contact = $1 WHERE code = 'RS-001'", contact)
        await fetch_tuples(
            "INSERT INTO personal_request (number, person, kind, sealed_text, state, made_at, answer) "
            "VALUES ('GR2026000001', $1, 'deletion', $2, 'open', $3, '')",
            *(b"p" * 32, keys.encrypt_text("请删除", place="personal_request.sealed_text"), clock.now()),
        )
    return receipt.number


async def test_after_a_rotation_nothing_is_unreadable_and_search_still_finds(clock: FixedClock, key_file: Path) -> None:
    number = await everything(clock)
    head_key, before = public_key(), await claims.claim_detail(COMMAND_LINE, number)
    async with read_transaction():
        sealed_before = await fetch_tuples("SELECT id, sealed FROM claim_line ORDER BY id")
    done = await rotated(key_file, clock, CipherName.SM4_GCM)
    uses = [each for each in await key_versions(SEALED_COLUMNS, read_ring(key_file)) if each.values]
    assert [(each.version, each.cipher) for each in uses] == [(2, CipherName.SM4_GCM)]
    assert set(uses[0].uses) >= FILLED
    assert (done.resealed, done.unreadable, done.resumed) == (uses[0].values, 0, False)
    assert await claims.claim_detail(COMMAND_LINE, number) == before
    assert public_key() == head_key
    async with read_transaction():
        for row, sealed in await fetch_tuples("SELECT row, sealed FROM claim_line WHERE readable"):
            line = msgspec.msgpack.decode(vault().decrypt(sealed, place=SEALED_LINE), type=SealedLine)
            found = await fetch_tuples("SELECT row FROM claim_line WHERE person = $1", bytes.fromhex(claims.person_of(line.id_no)))
            assert (row,) in [tuple(each) for each in found]
        assert await fetch_tuples("SELECT id, sealed FROM claim_line ORDER BY id") != sealed_before
        assert await load_file((await fetch_tuples("SELECT sha256 FROM stored_file"))[0][0]) == sample("claim_B.xlsx")
        assert await fetch_tuples("SELECT DISTINCT key_version FROM stored_file") == [(2,)]
        sealed_contact = await organisation_store.sealed_contact("RS-001")
        request = (await fetch_tuples("SELECT sealed_text FROM personal_request"))[0][0]
    assert sealed_contact is not None
    assert vault().decrypt(sealed_contact, place=organisation_store.CONTACT_PLACE) == CONTACT
    assert vault().decrypt_text(request, place="personal_request.sealed_text") == "请删除"
    await assert_keys_fit()
    assert await claims.claim_marked(COMMAND_LINE, number, clock=clock)
    signed_in = await sign_in_as("chushen", clock)
    await prove_again(signed_in.actor, password="", code=code_of(signed_in, clock), address="127.0.0.1", clock=clock)
    async with read_transaction():
        assert await trail.has_event("office:keys:rotated", "keys")
        assert await trail.has_event("office:keys:resealed", "keys")


async def test_a_killed_rotation_is_finished_by_the_next_one(clock: FixedClock, key_file: Path) -> None:
    for letter in "abcdefgh":
        await keep(clock, letter.encode())

    def killed(place: str, done: int, total: int) -> None:
        assert (place, done, total) == ("stored_file.sealed", 4, 8)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotate_keys(COMMAND_LINE, SEALED_COLUMNS, key_file=key_file, cipher=None, clock=clock, progress=killed)
    assert await versions_in_use(key_file) == {1: 4, 2: 4}
    finished = await rotated(key_file, clock)
    assert (finished.version, finished.resumed, finished.resealed) == (2, True, 4)
    assert await versions_in_use(key_file) == {2: 8}


async def test_another_cipher_makes_another_key_even_when_a_rotation_was_left_unfinished(clock: FixedClock, key_file: Path) -> None:
    await keep(clock, b"before")
    write = await rotated(key_file, clock)
    async with write_transaction():
        await fetch_tuples("UPDATE stored_file SET sealed = $1", Vault(read_ring(key_file)).encrypt(b"before", place="stored_file.sealed"))
    changed = await rotated(key_file, clock, CipherName.SM4_GCM)
    assert (write.version, changed.version, changed.resumed) == (2, 3, False)


async def test_people_go_on_working_while_keys_are_rotated(clock: FixedClock, key_file: Path) -> None:
    contents = [bytes([each]) for each in range(40)]
    kept = await asyncio.gather(*(keep(clock, content) for content in contents[:20]))
    rotation = asyncio.create_task(rotated(key_file, clock))
    kept += await asyncio.gather(*(keep(clock, content) for content in contents[20:]))
    await rotation
    await rotated(key_file, clock)  # what was on its way meanwhile
    assert len(await versions_in_use(key_file)) == 1
    async with read_transaction():
        assert [await load_file(each.sha256) for each in kept] == contents


async def test_of_two_rotations_at_once_one_is_refused(clock: FixedClock, key_file: Path) -> None:
    await keep(clock, b"something")
    other = await engine.connect_alone()
    try:
        assert await other.fetchval(TRY_LOCK)
        with pytest.raises(KeysBusy):
            await rotated(key_file, clock)
        with pytest.raises(KeysBusy):
            await retired(key_file, clock)
    finally:
        await other.close()
    assert list(read_ring(key_file).keys) == [1]
    assert (await rotated(key_file, clock)).version == 2


async def test_old_keys_go_when_nothing_needs_them_and_not_before(clock: FixedClock, key_file: Path) -> None:
    kept = await keep(clock, b"content")
    with pytest.raises(KeysStillUsed, match="只有现用的密钥"):
        await retired(key_file, clock)
    old = Vault(read_ring(key_file))
    await rotated(key_file, clock)
    with pytest.raises(KeysStillUsed, match="10:30"):
        await retired(key_file, clock)
    clock.move(HOUR)
    late = old.encrypt(b"content", place="stored_file.sealed")
    async with write_transaction():
        await fetch_tuples("UPDATE stored_file SET sealed = $1, key_version = 1", late)
    with pytest.raises(KeysStillUsed, match="还有 1 项"):
        await retired(key_file, clock)
    assert (await rotated(key_file, clock)).resumed
    assert await retired(key_file, clock) == [1]
    assert list(read_ring(key_file).keys) == [2]
    async with read_transaction():
        assert await load_file(kept.sha256) == b"content"
        assert await trail.has_event("office:keys:retired", "keys")
    with pytest.raises(Undecipherable):
        open_vault(key_file).decrypt(late, place="stored_file.sealed")


async def test_what_cannot_be_opened_is_left_as_it_is_and_told(clock: FixedClock, key_file: Path) -> None:
    await keep(clock, b"good")
    await keep(clock, b"damaged")
    async with write_transaction():
        await fetch_tuples("UPDATE stored_file SET sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20)) WHERE size = 7")
    done = await rotated(key_file, clock)
    assert (done.resealed, done.unreadable) == (1, 1)
    clock.move(HOUR)
    with pytest.raises(KeysStillUsed, match="还有 1 项"):
        await retired(key_file, clock)


async def test_a_version_without_a_key_is_shown_as_such(clock: FixedClock, key_file: Path) -> None:
    await keep(clock, PDF)
    async with write_transaction():
        await fetch_tuples("UPDATE stored_file SET sealed = $1", OF_NO_KEY)
    shown = await key_versions(SEALED_COLUMNS, read_ring(key_file))
    assert [(each.version, each.cipher is None, each.values) for each in shown] == [(1, False, 0), (7, True, 1)]
