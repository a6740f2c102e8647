from pathlib import Path

import pytest

from training_admin.kit.ciphers import CipherName, HashName
from training_admin.settings import DEMO_SECRET, MEGABYTE, PREFIX, Settings, SettingsRefused, read_settings


def test_nothing_configured_means_a_private_database_on_this_machine() -> None:
    assert read_settings({"PATH": "/bin"}) == Settings()
    assert Settings().keys == Path("var/keys.json")


def test_every_setting_is_read() -> None:
    settings = read_settings(
        {
            "TRAINING_ADMIN_DATA": "/srv/district",
            "TRAINING_ADMIN_HOST": "::1",
            "TRAINING_ADMIN_PORT": "8001",
            "TRAINING_ADMIN_DEMO": "yes",
            "TRAINING_ADMIN_KEY_FILE": "/srv/keys",
            "TRAINING_ADMIN_CIPHER": "sm4-gcm",
            "TRAINING_ADMIN_HASH": "sm3",
            "TRAINING_ADMIN_SECRET": DEMO_SECRET,
            "TRAINING_ADMIN_LOG_LEVEL": "debug",
            "TRAINING_ADMIN_UPLOAD_MB": "5",
            "TRAINING_ADMIN_UPLOAD_ROWS": "300",
            "TRAINING_ADMIN_POOL_SIZE": "5",
            "DATABASE_URL": "postgresql://u:p@a:5432,b:5433/district",
        }
    )
    assert settings == Settings(
        data=Path("/srv/district"),
        host="::1",
        port=8001,
        demo=True,
        key_file=Path("/srv/keys"),
        cipher=CipherName.SM4_GCM,
        hash_name=HashName.SM3,
        secret=DEMO_SECRET,
        log_level="DEBUG",
        upload_limit=5 * MEGABYTE,
        upload_rows=300,
        pool_size=5,
        database_url="postgresql://u:p@a:5432,b:5433/district",
    )
    assert settings.keys == Path("/srv/keys")


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        pytest.param({"TRAINING_ADMIN_PROT": "8001"}, "不认识的设置 TRAINING_ADMIN_PROT", id="misspelt key"),
        pytest.param({"TRAINING_ADMIN_HOST": "0.0.0.0"}, "PUBLIC_ADDRESS", id="every address without TLS"),
        pytest.param({"TRAINING_ADMIN_HOST": "10.0.0.5"}, "PUBLIC_ADDRESS", id="address of the network without TLS"),
        pytest.param({"TRAINING_ADMIN_HOST": "example.com"}, "IP 地址", id="a name"),
        pytest.param({"TRAINING_ADMIN_PUBLIC_ADDRESS": "http://peixun.example.cn"}, "https://", id="public without TLS"),
        pytest.param({"TRAINING_ADMIN_PUBLIC_ADDRESS": "peixun.example.cn"}, "对外地址", id="public without scheme"),
        pytest.param({"TRAINING_ADMIN_PASSWORD_PROFILE": "weak"}, "modern", id="unknown password profile"),
        pytest.param({"TRAINING_ADMIN_CIPHER": "sm4"}, "aes-256-gcm、sm4-gcm", id="unknown cipher"),
        pytest.param({"TRAINING_ADMIN_HASH": "md5"}, "sha256、sm3", id="unknown hash"),
        pytest.param({"TRAINING_ADMIN_PORT": "0"}, "1 到 65535", id="port too small"),
        pytest.param({"TRAINING_ADMIN_PORT": "65536"}, "1 到 65535", id="port too large"),
        pytest.param({"TRAINING_ADMIN_PORT": "八千"}, "1 到 65535", id="port in words"),
        pytest.param({"TRAINING_ADMIN_DEMO": "vielleicht"}, "1 或 0", id="switch"),
        pytest.param({"TRAINING_ADMIN_DATA": " "}, "不能为空", id="no folder"),
        pytest.param({"TRAINING_ADMIN_LOG_LEVEL": "LOUD"}, "WARNING", id="log level"),
        pytest.param({"TRAINING_ADMIN_SECRET": "short"}, "至少要 32", id="short secret"),
        pytest.param({"TRAINING_ADMIN_SECRET": DEMO_SECRET}, "默认值", id="secret of the demo outside it"),
        pytest.param({"DATABASE_URL": "mysql://u:p@h/db"}, "只支持 PostgreSQL", id="another database"),
        pytest.param({"DATABASE_URL": "postgresql:///db"}, "没有写主机", id="no host"),
        pytest.param({"DATABASE_URL": "postgresql://[::1/db"}, "无法识别", id="unreadable address"),
        pytest.param(
            {"DATABASE_URL": "postgresql://h/db", "TRAINING_ADMIN_FAST_UNSAFE_DATABASE": "1"}, "不能与 DATABASE_URL", id="unsafe elsewhere"
        ),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence(environment: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsRefused, match=told):
        read_settings(environment)


def test_all_faults_are_told_at_once_and_no_password_with_them() -> None:
    with pytest.raises(SettingsRefused) as caught:
        read_settings({"TRAINING_ADMIN_PORT": "x", "TRAINING_ADMIN_HOST": "h", "DATABASE_URL": "mysql://u:hunter2@h/db"})
    assert caught.value.sentence.count("TRAINING_ADMIN_") == 2
    assert "DATABASE_URL" in caught.value.sentence
    assert "hunter2" not in caught.value.sentence


def test_a_socket_folder_in_the_query_is_a_host() -> None:
    address = "postgresql://postgres@/db?host=%2Ftmp%2Fpg"
    assert read_settings({"DATABASE_URL": address}).database_url == address


def test_settings_in_a_log_show_neither_password_nor_secret() -> None:
    told = repr(Settings(database_url="postgresql://u:hunter2@h/db", secret=DEMO_SECRET))
    assert "hunter2" not in told
    assert DEMO_SECRET not in told


@pytest.mark.parametrize(
    ("given", "words"),
    [
        pytest.param({"SSO": "saml"}, "只能是 local、oidc、mock 之一", id="unknown"),
        pytest.param({"SSO": "mock"}, "只有演示数据可以使用", id="the demo provider outside the demo"),
        pytest.param({"SSO": "oidc", "SSO_ISSUER": "https://sso.example"}, "须同时设置", id="half"),
        pytest.param({"SSO_ISSUER": "http://sso.example"}, "应为 https:// 开头的签发者地址", id="not over TLS"),
        pytest.param({"SSO_ISSUER": "https://sso.example/?a=1"}, "应为 https:// 开头的签发者地址", id="with a query"),
    ],
)
def test_single_sign_on_is_whole_safe_or_refused(given: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsRefused, match=words):
        read_settings({f"{PREFIX}{key}": value for key, value in given.items()})


def test_a_provider_is_read_and_its_secret_is_not_shown() -> None:
    whole = {"SSO": "oidc", "SSO_ISSUER": "https://sso.example/", "SSO_CLIENT_ID": "us", "SSO_CLIENT_SECRET": "hush-hush"}
    settings = read_settings({f"{PREFIX}{key}": value for key, value in whole.items()})
    assert (settings.sso, settings.sso_issuer, settings.sso_client_secret) == ("oidc", "https://sso.example", "hush-hush")
    assert "hush" not in repr(settings)
