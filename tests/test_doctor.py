from datetime import timedelta
from pathlib import Path

import pytest

from training_admin import doctor
from training_admin.doctor import Finding, Standing
from training_admin.kit.ciphers import CipherName

GIGABYTE = 1024**3


@pytest.mark.parametrize(
    ("finding", "standing", "mend"),
    [
        pytest.param(doctor.check_python((3, 11)), Standing.WORKS, "", id="python"),
        pytest.param(doctor.check_python((3, 10)), Standing.BROKEN, "3.11", id="old python"),
        pytest.param(doctor.check_packages([]), Standing.WORKS, "", id="packages"),
        pytest.param(doctor.check_packages(["litestar"]), Standing.BROKEN, "make setup", id="missing package"),
        pytest.param(doctor.check_pdf_libraries([]), Standing.WORKS, "", id="pdf"),
        pytest.param(doctor.check_pdf_libraries(["harfbuzz-subset"]), Standing.LIMITED, "libharfbuzz-subset0", id="no harfbuzz"),
        pytest.param(doctor.check_fonts(found=True), Standing.WORKS, "", id="fonts"),
        pytest.param(doctor.check_fonts(found=False), Standing.LIMITED, "make setup", id="no fonts"),
        pytest.param(doctor.check_time_zone(found=True), Standing.WORKS, "", id="time zone"),
        pytest.param(doctor.check_time_zone(found=False), Standing.BROKEN, "tzdata", id="no time zone"),
        pytest.param(doctor.check_disk(GIGABYTE // 2 - 1), Standing.BROKEN, "清理", id="disk below the floor"),
        pytest.param(doctor.check_disk(GIGABYTE // 2), Standing.LIMITED, "扩容", id="disk at the floor"),
        pytest.param(doctor.check_disk(5 * GIGABYTE), Standing.WORKS, "", id="disk"),
        pytest.param(doctor.check_file_system("nfs4", own_server=True), Standing.BROKEN, "TRAINING_ADMIN_DATA", id="nfs"),
        pytest.param(doctor.check_file_system("nfs4", own_server=False), Standing.WORKS, "", id="nfs, database elsewhere"),
        pytest.param(doctor.check_file_system("", own_server=True), Standing.WORKS, "", id="unknown file system"),
        pytest.param(doctor.check_cipher(asked=None, used=CipherName.SM4_GCM), Standing.WORKS, "", id="cipher"),
        pytest.param(
            doctor.check_cipher(asked=CipherName.SM4_GCM, used=CipherName.AES_256_GCM), Standing.LIMITED, "keys rotate", id="another cipher"
        ),
        pytest.param(doctor.check_key_file(None), Standing.WORKS, "", id="no keys yet"),
        pytest.param(doctor.check_key_file(0o600), Standing.WORKS, "", id="keys"),
        pytest.param(doctor.check_key_file(0o644), Standing.BROKEN, "chmod 600", id="open keys"),
        pytest.param(doctor.check_migrations(0), Standing.WORKS, "", id="migrated"),
        pytest.param(doctor.check_backup(None), Standing.LIMITED, "training-admin backup", id="no backup"),
        pytest.param(doctor.check_backup(timedelta(days=7)), Standing.WORKS, "", id="backup of a week ago"),
        pytest.param(doctor.check_backup(timedelta(days=7, seconds=1)), Standing.LIMITED, "training-admin backup", id="old backup"),
        pytest.param(doctor.check_anchors(agree=True), Standing.WORKS, "", id="anchors"),
        pytest.param(doctor.check_anchors(agree=False), Standing.LIMITED, "training-admin verify", id="anchors disagree"),
        pytest.param(doctor.check_migrations(2), Standing.BROKEN, "training-admin upgrade", id="not migrated"),
    ],
)
def test_each_finding_says_how_to_mend_it(finding: Finding, standing: Standing, mend: str) -> None:
    assert finding.standing is standing
    assert mend in finding.mend
    assert bool(finding.mend) == (standing is not Standing.WORKS)


def test_this_machine_has_the_packages_and_the_time_zone() -> None:
    assert doctor.missing_packages() == []
    assert doctor.has_time_zone()


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    assert doctor.nearest_folder(tmp_path / "a" / "b") == tmp_path.resolve()
