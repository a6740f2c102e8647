"""`training-admin template`: the empty workbooks to fill in, written to a file."""

from collections.abc import Callable
from pathlib import Path

import click
import msgspec

from training_admin.kit.refusals import Refusal
from training_admin.subsidy.register_template import register_template
from training_admin.subsidy.template import claim_template


class TemplateNotWritten(Refusal):
    """The file cannot be written; one that is there already may have been filled in and is never replaced."""

    code = "file-unwritable"
    title = "文件无法保存"


class TemplateWritten(msgspec.Struct, frozen=True):
    """The receipt on stdout."""

    file: str


@click.group(help="另存空白模板（.xlsx）。")
def command() -> None:
    """The group."""


@command.command(help="登记数据模板：其他部门交付登记数据用。")
@click.option("--out", default="登记数据模板.xlsx", show_default=True, help="保存到的文件。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出回执。")
def registers(*, out: str, as_json: bool) -> None:
    """Write the register template."""
    write(register_template, out, as_json=as_json)


@command.command(help="申报模板：企业申报用。")
@click.option("--out", default="培训补贴申报模板.xlsx", show_default=True, help="保存到的文件。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出回执。")
def claim(*, out: str, as_json: bool) -> None:
    """Write the claim template."""
    write(claim_template, out, as_json=as_json)


def write(template: Callable[[], bytes], out: str, *, as_json: bool) -> None:
    """Write a template to a new file and say so; raises TemplateNotWritten."""
    content = template()
    try:
        with Path(out).open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise TemplateNotWritten(f"“{out}”已存在，可能已填写内容，没有覆盖。请用 --out 换一个文件名。") from None
    except OSError:
        raise TemplateNotWritten(f"不能保存到“{out}”，请检查文件夹和权限后重试。") from None
    if as_json:
        click.echo(msgspec.json.encode(TemplateWritten(out)).decode())
    else:
        click.echo(f"已保存 {out}。", err=True)
