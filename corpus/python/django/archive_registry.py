"""An archive: which rows can exist twice, and what says that they can't."""
from __future__ import annotations

import random
import uuid

from django.contrib.auth.models import Group
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction


class Box(models.Model):
    shelf = models.CharField(max_length=10)
    code = models.CharField(max_length=10)
    closed = models.BooleanField(default=False)

    class Meta:
        app_label = "archive"
        unique_together = [("shelf", "code")]


class ColdBox(Box):
    class Meta:
        app_label = "archive"
        proxy = True


class Crate(models.Model):
    shelf = models.CharField(max_length=10)
    code = models.CharField(max_length=10)

    class Meta:
        app_label = "archive"


class Sweep(models.Model):
    state = models.CharField(max_length=10)
    singleton = models.BooleanField(default=True, editable=False)

    class Meta:
        app_label = "archive"
        constraints = [
            models.UniqueConstraint(
                fields=["singleton"], condition=models.Q(state="running"), name="one_running_sweep"
            )
        ]


class Tag(models.Model):
    subject_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    subject_id = models.PositiveIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    text = models.CharField(max_length=40)

    class Meta:
        app_label = "archive"
        constraints = [models.UniqueConstraint(fields=["subject_type", "subject_id"], name="one_tag")]


class Reader(models.Model):
    name = models.CharField(max_length=40)
    room = models.CharField(max_length=10)
    role = models.CharField(max_length=10, default="guest")

    class Meta:
        app_label = "archive"


class Guest(models.Model):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "archive"


class Card(models.Model):
    guest = models.OneToOneField(Guest, on_delete=models.CASCADE)
    loans = models.IntegerField(default=0)

    class Meta:
        app_label = "archive"


def promote(reader_id: int) -> None:
    Reader.objects.filter(pk=reader_id).update(role="keeper")


# case: id=py-dj-2430 label=safe tier=2 note=how many are compared with none only, and a constraint refuses the second
def add_box(shelf: str, code: str) -> Box | None:
    if Box.objects.filter(shelf=shelf, code=code).count() > 0:
        return None
    try:
        with transaction.atomic():
            return Box.objects.create(shelf=shelf, code=code)
    except IntegrityError:
        return None


# case: id=py-dj-2431 label=race rule=check-then-create tier=2 note=how many are compared with none only, no constraint
def add_crate(shelf: str, code: str) -> Crate | None:
    if Crate.objects.filter(shelf=shelf, code=code).count() >= 1:
        return None
    return Crate.objects.create(shelf=shelf, code=code)  # expect: check-then-create


# case: id=py-dj-2432 label=race rule=check-then-act tier=2 note=how many are compared with a limit
def add_to_shelf(shelf: str, code: str) -> None:
    if Crate.objects.filter(shelf=shelf).count() < 12:
        Crate.objects.create(shelf=shelf, code=code)  # expect: check-then-act


# case: id=py-dj-2433 label=safe tier=2 note=a proxy has the constraints of its table
def add_cold_box(shelf: str, code: str) -> None:
    try:
        if not ColdBox.objects.filter(shelf=shelf, code=code).exists():
            ColdBox.objects.create(shelf=shelf, code=code)
    except IntegrityError:
        pass


# case: id=py-dj-2434 label=safe tier=3 note=at most one row meets the condition, its column is the same in all
def running_sweep() -> Sweep:
    sweep, _ = Sweep.objects.get_or_create(state="running")
    return sweep


# case: id=py-dj-2435 label=safe tier=3 note=what was looked through is unique by the columns that the field stands for
def tag_missing(subjects: list) -> None:
    tags = {tag.subject: tag for tag in Tag.objects.all()}
    try:
        for subject in subjects:
            if subject not in tags:
                Tag.objects.create(subject=subject, text="new")
    except IntegrityError:
        return


# case: id=py-dj-2436 label=safe tier=2 note=the framework says that names of groups are unique
def keepers() -> Group:
    group, _ = Group.objects.get_or_create(name="keepers")
    return group


# case: id=py-dj-2437 label=safe tier=2 note=the key is looked for and given
def default_crate() -> None:
    try:
        Crate.objects.get(pk=1)
    except Crate.DoesNotExist:
        try:
            Crate.objects.create(pk=1, shelf="A", code="0")
        except IntegrityError:
            pass


# case: id=py-dj-2438 label=safe tier=2 note=nobody else looks for a name that was just drawn
def scratch_crate() -> Crate:
    crate, _ = Crate.objects.get_or_create(code=str(random.getrandbits(64)))
    return crate


# case: id=py-dj-2439 label=safe tier=3 note=who asks is another reader than the one who is let in
def let_in(asker: str, email: str, room: str) -> None:
    reader = Reader.objects.get(name=asker, room=room)
    if reader.role != "keeper":
        raise PermissionError(asker)
    guest = Guest.objects.get(email=email)
    Reader.objects.create(name=guest.name, room=room, role="guest")


# case: id=py-dj-2440 label=safe tier=3 note=defaults are for rows that are created, the row that was read is there
def ensure_card(guest: Guest) -> Card:
    card = Card.objects.filter(guest=guest).first()
    loans = card.loans + 1 if card else 0
    card, _ = Card.objects.get_or_create(guest=guest, defaults={"loans": loans})
    return card


# case: id=py-dj-2441 label=safe tier=3 note=found by the digest of what is put back
def restore(pk: str, scan) -> None:
    sheet = Sheet.objects.get(digest=scan.digest())
    if not sheet.scan.storage.exists(sheet.scan.name):
        Sheet.objects.filter(pk=sheet.pk).update(scan=scan)


class Sheet(models.Model):
    digest = models.CharField(max_length=64, unique=True)
    scan = models.FileField()

    class Meta:
        app_label = "archive"


# case: id=py-dj-2442 label=race rule=check-then-create tier=2 note=a fresh identifier, but the look was for another column
def add_crate_with_id(shelf: str, code: str) -> None:
    if not Crate.objects.filter(shelf=shelf, code=code).exists():
        Crate.objects.create(pk=uuid.uuid4(), shelf=shelf, code=code)  # expect: check-then-create


# case: id=py-dj-2443 label=race rule=check-then-act|check-then-create tier=3 note=none, or one that says something else, and another beside it
def hang_notice(room: str, title: str) -> None:
    notice = Notice.objects.filter(room=room, title=clean(title)).first()
    if notice and notice.text == title:
        return
    Notice.objects.create(room=room, title=title, text=title)  # expect: check-then-act


def clean(title: str) -> str:
    kept = []
    for word in title.split():
        kept.append(word.lower())
    return " ".join(kept)


def correct(pk: int, text: str) -> None:
    Notice.objects.filter(pk=pk).update(text=text)


class Notice(models.Model):
    room = models.CharField(max_length=10)
    title = models.CharField(max_length=80)
    text = models.CharField(max_length=80)

    class Meta:
        app_label = "archive"


# case: id=py-dj-2444 label=race rule=lost-update tier=3 note=changed in place on every way, under one name or two
def append_note(pk: int, note: str | None) -> None:
    folder = Folder.objects.get(pk=pk)
    folder.notes["last"] = note
    if note:
        folder.notes["any"] = True
    folder.save()  # expect: lost-update


class Folder(models.Model):
    notes = models.JSONField(default=dict)

    class Meta:
        app_label = "archive"
