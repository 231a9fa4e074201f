"""For the people in the hall."""
import click

from sorting import boxes


@click.group()
def hall() -> None:
    pass


@hall.command("empty-box")
@click.argument("code")
def empty_box(code: str) -> None:
    boxes.empty(code)
