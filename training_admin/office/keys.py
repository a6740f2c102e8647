"""Whether the key file belongs to this database: a database restored beside a fresh key file would otherwise look empty of sense."""

from training_admin.database import fetch_tuples, retried, write_transaction
from training_admin.kit.vault import KeysRefused, Undecipherable, vault

PLACE = "key_proof.sealed"
TEXT = "training-admin"


@retried
async def assert_keys_fit() -> None:
    """Leave a proof in a new database, open the one that is there; raises KeysRefused when the keys are another database's."""
    keys = vault()
    async with write_transaction():
        await fetch_tuples(
            "INSERT INTO key_proof (id, sealed) VALUES (1, $1) ON CONFLICT (id) DO NOTHING", keys.encrypt_text(TEXT, place=PLACE)
        )
        sealed = (await fetch_tuples("SELECT sealed FROM key_proof WHERE id = 1"))[0][0]
    try:
        keys.decrypt_text(sealed, place=PLACE)
    except Undecipherable:
        raise KeysRefused("密钥文件与数据库不是同一套，已加密的身份证号、银行账号和附件无法解读。请从备份恢复原来的密钥文件。") from None
