"""Transcoding jobs: claims, slow calls between test and save, tasks, signals, a polling command."""
from __future__ import annotations

import logging
import time
from typing import Any

import requests
from celery import shared_task
from django.core.management.base import BaseCommand
from django.db import models, transaction
from django.db.models import F
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone

logger = logging.getLogger(__name__)


class Channel(models.Model):
    name = models.CharField(max_length=60, unique=True)
    quota_minutes = models.IntegerField(default=600)

    class Meta:
        app_label = "transcode"


class JobManager(models.Manager):
    def waiting(self) -> models.QuerySet["Job"]:
        return self.get_queryset().filter(status="waiting").order_by("pk")

    def lock(self, pk: int) -> "Job":
        return self.get_queryset().select_for_update().get(pk=pk)


class Job(models.Model):
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="jobs")
    status = models.CharField(max_length=12, default="waiting")
    worker = models.CharField(max_length=40, blank=True)
    minutes = models.IntegerField(default=1)
    attempts_left = models.IntegerField(default=3)
    finished_at = models.DateTimeField(null=True)

    objects = JobManager()

    class Meta:
        app_label = "transcode"

    @property
    def can_start(self) -> bool:
        return self.status == "waiting" and self.attempts_left > 0


# case: id=py-dj-2160 label=race rule=check-then-act tier=2 note=candidates iterated, each claimed by a plain save
@shared_task
def claim_jobs(worker: str, limit: int = 5) -> list[int]:
    claimed: list[int] = []
    for job in Job.objects.waiting()[:limit]:
        job.status = "running"
        job.worker = worker
        job.save(update_fields=["status", "worker"])  # expect: check-then-act
        claimed.append(job.pk)
    return claimed


# case: id=py-dj-2161 label=safe tier=2 note=candidates are only ids, each claimed by a conditional update
@shared_task
def claim_jobs_once(worker: str, limit: int = 5) -> list[int]:
    claimed: list[int] = []
    for pk in Job.objects.waiting().values_list("pk", flat=True)[: limit * 2]:
        if Job.objects.filter(pk=pk, status="waiting").update(status="running", worker=worker):
            claimed.append(pk)
        if len(claimed) == limit:
            break
    return claimed


# case: id=py-dj-2162 label=race rule=check-then-act tier=2 note=status tested, slow remote call, status saved
@shared_task(bind=True, max_retries=3)
def submit(self: Any, job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    if job.status != "waiting":
        return
    try:
        requests.post("https://farm.example.net/jobs", json={"id": job.pk}, timeout=30).raise_for_status()
    except requests.RequestException as exc:
        raise self.retry(exc=exc)
    job.status = "submitted"
    job.save(update_fields=["status"])  # expect: check-then-act


# case: id=py-dj-2163 label=safe tier=2 note=claimed first, remote call after, given back if the call fails
@shared_task
def submit_once(job_id: int) -> bool:
    if not Job.objects.filter(pk=job_id, status="waiting").update(status="submitting"):
        return False
    try:
        requests.post("https://farm.example.net/jobs", json={"id": job_id}, timeout=30).raise_for_status()
    except requests.RequestException:
        Job.objects.filter(pk=job_id, status="submitting").update(status="waiting")
        raise
    return Job.objects.filter(pk=job_id, status="submitting").update(status="submitted") == 1


# case: id=py-dj-2164 label=race rule=check-then-act tier=3 note=model property is the check, the update names only the key
def start(job_id: int, worker: str) -> bool:
    job = Job.objects.get(pk=job_id)
    if not job.can_start:
        return False
    Job.objects.filter(pk=job.pk).update(status="running", worker=worker)  # expect: check-then-act
    return True


# case: id=py-dj-2165 label=safe tier=3 note=model property on the row that the manager's helper locked
def start_locked(job_id: int, worker: str) -> bool:
    with transaction.atomic():
        job = Job.objects.lock(job_id)
        if not job.can_start:
            return False
        job.status = "running"
        job.worker = worker
        job.save(update_fields=["status", "worker"])
    return True


# case: id=py-dj-2166 label=race rule=lost-update tier=3 note=task is handed the instance that was read by whoever queued it (caller queue_failures)
@shared_task(serializer="pickle")
def record_failure(job: Job) -> None:
    job.attempts_left -= 1
    job.save(update_fields=["attempts_left"])  # expect: lost-update


def queue_failures(worker: str) -> None:
    for job in Job.objects.filter(worker=worker, status="running"):
        record_failure.delay(job)


# case: id=py-dj-2167 label=safe tier=2 note=task is handed the id and counts down above zero only
@shared_task
def record_failure_by_id(job_id: int) -> bool:
    counted = Job.objects.filter(pk=job_id, attempts_left__gt=0).update(attempts_left=F("attempts_left") - 1)
    return bool(counted)


# case: id=py-dj-2168 label=race rule=lost-update tier=2 note=post_save handler charges the parent row in Python
@receiver(post_save, sender=Job, dispatch_uid="charge-channel")
def charge_channel(sender: type[Job], instance: Job, created: bool, **kwargs: Any) -> None:
    if not created:
        return
    channel = instance.channel
    channel.quota_minutes -= instance.minutes
    channel.save(update_fields=["quota_minutes"])  # expect: lost-update


# case: id=py-dj-2169 label=safe tier=2 note=lock taken on the row, then refreshed before the change
def refund_channel(channel: Channel, minutes: int) -> None:
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        channel.refresh_from_db()
        channel.quota_minutes = min(channel.quota_minutes + minutes, 600)
        channel.save(update_fields=["quota_minutes"])


class Command(BaseCommand):
    help = "Hands waiting jobs to this machine, for ever."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--worker", required=True)

    # case: id=py-dj-2170 label=race rule=check-then-act tier=2 note=polling command, first waiting row claimed by a plain save
    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            job = Job.objects.waiting().first()
            if job is None:
                time.sleep(5)
                continue
            job.status = "running"
            job.worker = options["worker"]
            job.save(update_fields=["status", "worker"])  # expect: check-then-act
            self.stdout.write(f"job {job.pk}")


class LockingPoller:
    def __init__(self, worker: str) -> None:
        self.worker = worker

    # case: id=py-dj-2171 label=safe tier=2 note=polling loop, first waiting row locked with skip_locked in its own transaction
    def run(self) -> None:
        while True:
            with transaction.atomic():
                job = Job.objects.waiting().select_for_update(skip_locked=True).first()
                if job is not None:
                    job.status = "running"
                    job.worker = self.worker
                    job.save(update_fields=["status", "worker"])
            if job is None:
                time.sleep(5)
