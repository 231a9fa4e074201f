"""Functions that make functions, and tables of them."""
from django.db import transaction

from tannery.models import Hide


def adding(column, step):
    def add(pk):
        hide = Hide.objects.get(pk=pk)
        setattr(hide, column, getattr(hide, column) + step)
        hide.save(update_fields=[column])  # expect: lost-update  # reached: POST /hides/<int:pk>/soak/

    return add


def setting(column):
    def put(pk, value):
        hide = Hide.objects.get(pk=pk)
        setattr(hide, column, value)
        hide.save(update_fields=[column])

    return put


soak_for_a_day = adding("days", 1)
set_grade = setting("grade")


def find(job):
    job["hide"] = Hide.objects.get(pk=job["pk"])
    return job


def find_held(job):
    job["hide"] = Hide.objects.select_for_update().get(pk=job["pk"])
    return job


def scrape(job):
    job["hide"].area -= job["loss"]
    return job


def put_back(job):
    job["hide"].save(update_fields=["area"])  # expect: lost-update  # reached: POST /hides/<int:pk>/treat/
    return job


def put_back_held(job):
    job["hide"].save(update_fields=["area"])
    return job


STEPS = [find, scrape, put_back]
HELD_STEPS = (find_held, scrape, put_back_held)


def run(pk, loss):
    job = {"pk": pk, "loss": loss}
    for step in STEPS:
        job = step(job)


@transaction.atomic
def run_held(pk, loss):
    job = {"pk": pk, "loss": loss}
    for step in HELD_STEPS:
        job = step(job)


def bark(pk):
    hide = Hide.objects.get(pk=pk)
    hide.days += 30
    hide.save(update_fields=["days"])  # expect: lost-update  # reached: POST /hides/<int:pk>/tan/


def chrome(pk):
    Hide.objects.filter(pk=pk).update(days=2)


TANS = {"bark": bark, "chrome": chrome}
