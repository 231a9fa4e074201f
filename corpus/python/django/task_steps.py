"""Tasks: a base that claims its row and runs a step of its own in each subclass; locks given up before something else."""
from __future__ import annotations

import hashlib

from celery import shared_task
from django.db import IntegrityError, models, transaction


class Task(models.Model):
    status = models.CharField(max_length=12, default="created")
    messages = models.JSONField(default=dict)
    pending = models.IntegerField(default=0)

    class Meta:
        abstract = True

    def run(self) -> None:
        with transaction.atomic():
            locked = self._meta.model.objects.select_for_update().get(pk=self.pk)
            if locked.status != "created":
                return
            self.status = "running"
            self.save(update_fields=["status"])
        self._work()
        self.status = "done"
        self.save(update_fields=["status"])

    def _work(self) -> None:
        raise NotImplementedError


class Import(Task):
    # case: id=py-dj-3100 label=safe tier=3 note=the row was claimed by the base before it asks for this step
    def _work(self) -> None:
        if self.messages.get("started"):
            return
        self.messages["started"] = True
        self.save(update_fields=["messages"])


class Export(Task):
    # case: id=py-dj-3101 label=safe tier=3 note=the same for another subclass, which nobody runs by name
    def _work(self) -> None:
        if self.pending == 0:
            self.pending = 1
            self.save(update_fields=["pending"])


@shared_task
def import_now(pk: int) -> None:
    Import.objects.get(pk=pk).run()


@shared_task
def any_now(label: str, pk: int) -> None:
    model = {"import": Import, "export": Export}[label]
    model.objects.get(pk=pk).run()


def last_one(pk: int) -> bool:
    with transaction.atomic():
        task = Import.objects.select_for_update().get(pk=pk)
        if task.pending == 0:
            return True
        task.pending -= 1
        task.save(update_fields=["pending"])
        return task.pending == 0


# case: id=py-dj-3102 label=safe tier=3 note=the count was changed and asked under its lock; what follows touches another column
@shared_task
def finish(pk: int, status: str) -> None:
    if last_one(pk):
        task = Import.objects.get(pk=pk)
        task.status = status
        task.save(update_fields=["status"])


class Blob(models.Model):
    sha256 = models.CharField(max_length=64, unique=True)
    path = models.CharField(max_length=200)

    class Meta:
        app_label = "blobs"


# case: id=py-dj-3103 label=safe tier=3 note=a second one is refused by the constraint, and the refusal looked at
def keep(data: bytes, path: str) -> Blob:
    digest = hashlib.sha256(data).hexdigest()
    blob = Blob(sha256=digest, path=path)
    try:
        known = Blob.objects.get(sha256=digest)
        if known.path == "":
            known = blob
            raise Blob.DoesNotExist
        return known
    except Blob.DoesNotExist:
        try:
            blob.save()
        except IntegrityError:
            blob = Blob.objects.get(sha256=digest)
        return blob
