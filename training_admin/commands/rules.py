"""`training-admin rules`: every rule of a claim with clause, effect, period and standing."""

import click
import msgspec

from training_admin.subsidy.explain import describe_rule
from training_admin.subsidy.rules import ALL_RULES


@click.command(help="列出申报核验的全部规则：条款、后果、适用期间和效力。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")
def command(*, as_json: bool) -> None:
    """The rules in reading order."""
    shown = [describe_rule(rule) for rule in ALL_RULES]
    if as_json:
        click.echo(msgspec.json.encode(shown).decode())
        return
    for rule in ALL_RULES:
        click.echo(f"{rule.id}\t{rule.title}\t{rule.effect.name}\t{rule.cite.paper} {rule.cite.article}\t{rule.cite.local_standing.words}")
