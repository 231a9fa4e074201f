from typing import Annotated

from fastapi import Depends

from darkroom.tables import Rolls, rolls_table, traced_table


def get_rolls(table=Depends(rolls_table)):
    return Rolls(table)


def get_rolls_annotated(table: Annotated[object, Depends(rolls_table)]) -> Rolls:
    return Rolls(table)


def get_traced(table=Depends(traced_table)):
    yield table


class Printing:
    def __init__(self, rolls: Annotated[Rolls, Depends(get_rolls_annotated)]):
        self.rolls = rolls

    def again(self, number):
        roll = self.rolls.find(number)
        self.rolls.put({**roll, "prints": roll["prints"] + 1})

    def again_counted(self, number):
        self.rolls.add(number, 1)


RollsDep = Annotated[Rolls, Depends(get_rolls)]
