"""Background work."""
from celery import Celery

from sorting import boxes

app = Celery("sorting")


@app.task(bind=True)
def empty_box(self, code: str) -> None:
    boxes.empty(code)


@app.task
def weigh_box(code: str, grams: int) -> None:
    boxes.weigh(code, grams)
