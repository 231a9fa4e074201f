"""Recording studio: sessions booked in rooms, takes uploaded by the engineers, mixes made by a rendering service."""
from __future__ import annotations

import logging
from typing import Any

from crum import get_current_user
from django.core.exceptions import ValidationError
from django.db import models
from rest_framework import serializers

logger = logging.getLogger(__name__)


class Member(models.Model):
    name = models.CharField(max_length=80)


class Room(models.Model):
    name = models.CharField(max_length=40, unique=True)
    rate = models.PositiveIntegerField(default=0)

    def forget_plan(self) -> None:
        self.__plan = {}


class Engineered(models.Model):
    """Rows that say who changed them last."""

    changed_by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    label = models.CharField(max_length=80)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        member = get_current_user()
        if self.changed_by != member:
            self.changed_by = member
        super().save(*args, **kwargs)


class Session(Engineered):
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=12, default="open")
    invoice = models.TextField(blank=True)
    minutes = models.IntegerField(default=0)
    tape = models.FileField(upload_to="tapes")
    job_id = models.CharField(max_length=64, blank=True)


class Note(models.Model):
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.session.room.forget_plan()
        super().save(*args, **kwargs)


class Renderer:
    def __init__(self, client: Any) -> None:
        self.client = client

    def status(self, job_id: str) -> Any:
        return self.client.jobs.describe(job_id)


# case: id=py-dj-3101 label=safe tier=2 note=the invoice is made from the room's columns, which the session only leads to
def write_invoice(session_id: int) -> None:
    session = Session.objects.get(pk=session_id)
    session.invoice = f"{session.room.name}: {session.room.rate}"
    session.save(update_fields=["invoice"])


# case: id=py-dj-3102 label=race rule=lost-update tier=2 note=the minutes are counted up from those of the same row
def add_minutes(session_id: int, minutes: int) -> None:
    session = Session.objects.get(pk=session_id)
    session.minutes = session.minutes + minutes * session.room.rate
    session.save(update_fields=["minutes"])  # expect: lost-update


# case: id=py-dj-3103 label=safe tier=2 note=a related row forgets what it has computed, no column of the note changes
def correct_note(note_id: int, text: str) -> None:
    note = Note.objects.get(pk=note_id)
    note.text = text
    note.save(update_fields=["text"])


# case: id=py-dj-3104 label=safe tier=2 note=of the file only the storage is used, which belongs to the column, not to the row's value
def replace_tape(session_id: int, content: bytes, name: str) -> None:
    session = Session.objects.get(pk=session_id)
    storage = session.tape.storage
    path = storage.generate_filename(name)
    with storage.open(path, "wb") as tape:
        tape.write(content)
    session.tape = path
    session.save(update_fields=["tape"])


# case: id=py-dj-3105 label=safe tier=3 note=what is tested is the renderer's answer, fetched by the job's name; clearing it twice is the same
def drop_failed_job(renderer: Renderer, session_id: int) -> None:
    session = Session.objects.get(pk=session_id)
    answer = renderer.status(session.job_id)
    if answer.error:
        session.job_id = ""
        session.save(update_fields=["job_id"])


# case: id=py-dj-3106 label=race rule=check-then-act tier=2 note=the job's own column decides whether another one is started
def start_job(renderer: Renderer, session_id: int) -> None:
    session = Session.objects.get(pk=session_id)
    if session.job_id:
        return
    session.job_id = renderer.client.jobs.create(session.pk)
    session.save(update_fields=["job_id"])  # expect: check-then-act


# case: id=py-dj-3107 label=safe tier=2 note=who changed it is compared only to save the assignment; it comes from the request
def relabel(session_id: int, label: str) -> None:
    session = Session.objects.get(pk=session_id)
    session.label = label
    session.save(update_fields=["label", "changed_by"])


# case: id=py-dj-3108 label=race rule=check-then-act tier=2 note=the state decides, and a state is claimed by who sets it first
def close(session_id: int) -> None:
    session = Session.objects.get(pk=session_id)
    if session.state == "open":
        session.state = "closed"
        session.save(update_fields=["state", "changed_by"])  # expect: check-then-act


# case: id=py-dj-3109 label=safe tier=2 note=how many rows were gathered tests none of their columns
def file_all(room: str, size: int) -> None:
    batch = []
    for session in Session.objects.filter(room__name=room):
        session.label = room
        batch.append(session)
        if len(batch) >= size:
            Session.objects.bulk_update(batch, ["label"])
            batch = []
    if batch:
        Session.objects.bulk_update(batch, ["label"])


class Refused(ValidationError):
    pass


# case: id=py-dj-3110 label=safe tier=3 note=the refusal by state has a handler of its own; what a failed upload leaves behind does not depend on the state
def upload(client: Any, session_id: int) -> None:
    session = Session.objects.get(pk=session_id)
    try:
        client.connect()
        if session.state == "closed":
            raise Refused("closed")
        client.send(session.pk)
    except Refused:
        logger.info("session %s is closed", session_id)
    except Exception:
        session.invoice = "upload failed"
        session.save(update_fields=["invoice"])


def set_state(session_id: int, state: str) -> None:
    Session.objects.filter(pk=session_id).update(state=state)


class SessionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Session
        fields = ["label", "minutes"]

    # case: id=py-dj-3111 label=race rule=stale-overwrite tier=2 note=what the request leaves out is put back as it was read, and every other column with it
    def update(self, instance, validated_data):
        instance.label = validated_data.get("label", instance.label)
        instance.save()  # expect: stale-overwrite
        return instance
