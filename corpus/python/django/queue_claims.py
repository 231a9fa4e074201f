"""Print queue: jobs are taken by selecting them under a lock and leaving them so that nobody else selects them."""
from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone


class PrintJob(models.Model):
    state = models.CharField(max_length=10, default="queued")
    leased_until = models.DateTimeField(null=True)
    leased_by = models.CharField(max_length=20, default="")
    tries = models.IntegerField(default=0)
    problem = models.TextField(default="")

    class Meta:
        app_label = "printing"


def lease(printer: str) -> PrintJob | None:
    now = timezone.now()
    with transaction.atomic():
        job = (
            PrintJob.objects.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
            .select_for_update(skip_locked=True)
            .order_by("id")
            .first()
        )
        if job is None:
            return None
        job.tries += 1
        job.leased_until = now + timedelta(minutes=2)
        job.leased_by = printer
        job.save(update_fields=["tries", "leased_until", "leased_by"])
        return job


# case: a leased job is settled by who leased it
@shared_task
def print_leased(printer: str) -> None:
    job = lease(printer)
    if job is None:
        return
    if job.tries > 5:
        job.delete()
        return
    job.leased_until = None
    job.problem = "paper"
    job.save(update_fields=["leased_until", "problem"])


# case: the state by which it was selected is changed in the same transaction
@shared_task
def print_next() -> None:
    with transaction.atomic():
        job = PrintJob.objects.filter(state="queued").select_for_update(skip_locked=True).first()
        if job is None:
            return
        job.state = "printing"
        job.save(update_fields=["state"])
    job.state = "done" if job.tries else "again"
    job.save(update_fields=["state"])


def counted() -> PrintJob | None:
    with transaction.atomic():
        job = PrintJob.objects.filter(state="queued").select_for_update(skip_locked=True).first()
        if job is None:
            return None
        job.tries += 1
        job.save(update_fields=["tries"])
    return job


# case: it is still queued once the lock is given up
@shared_task
def print_counted() -> None:
    job = counted()
    if job is None:
        return
    job.state = "failed" if job.tries > 5 else "done"
    job.save(update_fields=["state"])  # expect: lock-outside-transaction


def opened(pk: int) -> PrintJob | None:
    with transaction.atomic():
        job = PrintJob.objects.select_for_update().get(pk=pk)
        if job.state != "queued":
            return None
        job.state = "printing"
        job.save(update_fields=["state"])
    return job


# case: that a callee has taken it is told by what it gives back
@shared_task
def print_one(pk: int) -> None:
    job = opened(pk)
    if job is None:
        return
    job.state = "done" if job.tries else "again"
    job.save(update_fields=["state"])


def perhaps_opened(pk: int, quick: bool) -> PrintJob | None:
    with transaction.atomic():
        job = PrintJob.objects.select_for_update().get(pk=pk)
        if job.state != "queued":
            return None
        if not quick:
            job.state = "printing"
            job.save(update_fields=["state"])
    return job


# case: a callee that takes some jobs only
@shared_task
def print_perhaps(pk: int, quick: bool) -> None:
    job = perhaps_opened(pk, quick)
    if job is None:
        return
    job.state = "done" if job.tries else "again"
    job.save(update_fields=["state"])  # expect: lock-outside-transaction
