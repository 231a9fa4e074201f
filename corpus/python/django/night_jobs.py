"""Water works: what runs at night, and what decides whether it runs again."""
from __future__ import annotations

import logging
from typing import Any

from django.db import models

logger = logging.getLogger(__name__)


class SyncFailed(Exception):
    pass


class Source(models.Model):
    url = models.URLField()
    status = models.CharField(max_length=12, default="new")
    user = models.CharField(max_length=40, null=True)

    class Meta:
        app_label = "waterworks"

    def sync(self) -> None:
        if self.status == "syncing":
            raise SyncFailed("already running")
        logger.info("syncing %s", self.url)


class Job:
    def __init__(self, source_id: int, interval: int) -> None:
        self.source_id = source_id
        self.interval = interval


# case: what stands in `finally` is done however the check ends
def run_job(job: Job) -> None:
    source = Source.objects.get(pk=job.source_id)
    try:
        source.sync()
    except SyncFailed:
        logger.warning("failed")
    finally:
        if job.interval:
            Source.objects.filter(pk=job.source_id).update(status="queued")


# case: and so is what follows a failure that was caught
def run_once(job: Job) -> None:
    source = Source.objects.get(pk=job.source_id)
    try:
        source.sync()
    except SyncFailed:
        logger.warning("failed")
    Source.objects.filter(pk=job.source_id).update(status="queued")


# case: a handler that leaves
def run_carefully(job: Job) -> None:
    source = Source.objects.get(pk=job.source_id)
    try:
        source.sync()
    except SyncFailed:
        return
    Source.objects.filter(pk=job.source_id).update(status="syncing")  # expect: check-then-act


# case: a migration asks for the models of its time, and runs alone
def fill_users(apps: Any, *args: Any) -> None:
    Source = apps.get_model("waterworks", "Source")
    batch = []
    for source in Source.objects.filter(user=None):
        if source.user is None:
            source.user = "nobody"
            batch.append(source)
    if batch:
        Source.objects.bulk_update(batch, ["user"])
