# ruff: noqa: INP001 - a script of its own, in no package
"""Write docs/personal-data.md from the register of personal fields; run it after an entry has changed."""

import sys
from pathlib import Path

from training_admin.desk.personal_fields import personal_register

DOCUMENT = Path(__file__).parents[1] / "docs" / "personal-data.md"
HEAD = """# 个人信息登记册

由 `scripts/personal_data_document.py` 根据 `training_admin/desk/data/personal_fields.json` 生成，网页在 `/personal-data`。
`tests/desk/test_personal_fields.py` 把登记册与所有数据表的栏目比对：新增像个人信息的栏目而不登记，测试不通过。
期限标“暂定”的不是政策规定。

| 信息 | 内容 | 形式 | 目的 | 依据 | 保存期限 | 效力 | 遮盖后可见 | 完整可见 | 位置 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""
NOT_PERSONAL = """
## 看似而不是个人信息的栏目

| 栏目 | 原因 |
| --- | --- |
"""


def document() -> str:
    """The document as it should be."""
    register = personal_register()
    rows = (
        (
            *(each.title, each.content, each.kept_words, each.purpose, "；".join(each.basis), each.retention, each.standing_words),
            *(each.masked, each.unmasked, "、".join(f"`{place}`" for place in each.places)),
        )
        for each in register.fields
    )
    lines = [f"| {' | '.join(row)} |\n" for row in rows]
    others = [f"| `{place}` | {why} |\n" for place, why in register.not_personal]
    return HEAD + "".join(lines) + NOT_PERSONAL + "".join(others)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), "utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")
