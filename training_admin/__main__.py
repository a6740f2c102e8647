"""The command line."""

import click


@click.group()
def main() -> None:
    """职业培训补贴管理."""


if __name__ == "__main__":
    main()
