"""Boxes and what is in them."""
import os

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Box(Model):
    class Meta:
        table_name = os.environ["BOXES_TABLE"]

    code = UnicodeAttribute(hash_key=True)
    letters = NumberAttribute(default=0)
    rounds = NumberAttribute(default=0)
    weight = NumberAttribute(default=0)


def drop(code: str, n: int) -> None:
    box = Box.get(code)
    box.letters = box.letters + n
    box.save()  # expect: lost-update  # reached: consumer sorting.poller.main


def empty(code: str) -> None:
    box = Box.get(code)
    box.rounds = box.rounds + 1
    box.save()  # expect: lost-update  # reached: task sorting.worker.empty_box, command empty-box


def weigh(code: str, grams: int) -> None:
    Box(code).update(actions=[Box.weight.add(grams)])
