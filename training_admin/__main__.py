"""The command line. JSON asked for with --json is the only thing on stdout; sentences for people go to stderr."""

import importlib
import sys
from pathlib import Path

import click
import msgspec

from training_admin import __version__
from training_admin.kit.refusals import Refusal

COMMANDS = Path(__file__).parent / "commands"
REFUSED = 2
INTERRUPTED = 130


class LazyCommands(click.Group):
    """Finds `training-admin replay` in `commands/replay.py` and imports nothing else."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(file.stem.replace("_", "-") for file in COMMANDS.glob("*.py") if file.stem != "__init__")

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"training_admin.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="training-admin")
def commands() -> None:
    """职业培训补贴：申报、自动核验、审计。"""


def main() -> None:
    """Run a command; a refusal is told in one sentence, or as a problem document when JSON was asked for."""
    try:
        commands.main(standalone_mode=False, prog_name="training-admin")
    except Refusal as refusal:
        if "--json" in sys.argv:
            click.echo(msgspec.json.encode(refusal.problem()).decode())
        else:
            click.echo(f"{refusal.title}：{refusal.sentence}（{refusal.code}）", err=True)
        sys.exit(REFUSED)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("training_admin"):
            raise
        click.echo(f"缺少 Python 软件包 {error.name}。请执行 make setup 后重试。", err=True)
        sys.exit(REFUSED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
