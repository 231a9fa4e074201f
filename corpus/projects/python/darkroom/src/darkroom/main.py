from typing import Annotated

from fastapi import Depends, FastAPI

from darkroom.deps import Printing, RollsDep, get_rolls, get_rolls_annotated, get_traced
from darkroom.tables import Rolls, scan

app = FastAPI()


@app.post("/rolls/{number}/prints")
def printed(number: str, rolls=Depends(get_rolls)):
    rolls.printed(rolls.find(number))


@app.post("/rolls/{number}/cuts")
def cut(number: str, rolls: Annotated[Rolls, Depends(get_rolls_annotated)]):
    rolls.cut(rolls.find(number))


@app.post("/rolls/{number}/scans")
def scanned(number: str, table=Depends(get_traced)):
    scan(table, number)


@app.post("/rolls/{number}/counted")
def counted(number: str, rolls: RollsDep):
    rolls.add(number, 1)


@app.post("/rolls/{number}/again")
def again(number: str, printing: Annotated[Printing, Depends()]):
    printing.again(number)


@app.post("/rolls/{number}/again-counted")
def again_counted(number: str, printing: Printing = Depends()):
    printing.again_counted(number)
