"""Ferry line: tariffs and berths that several clerks change at once; a clerk who comes too late tries again."""
from celery import shared_task
from django.db import models, transaction


class Busy(Exception):
    pass


class Berth(models.Model):
    free_metres = models.IntegerField(default=0)
    toll = models.DecimalField(max_digits=8, decimal_places=2)
    sign = models.CharField(max_length=40)
    revision = models.IntegerField(default=1)

    class Meta:
        app_label = "ferries"


# case: id=py-dj-9501 label=race rule=swallowed-conflict|lost-update tier=2 note=only the revision is refreshed after a lost round
@shared_task
def moor(berth_id, length):
    berth = Berth.objects.get(pk=berth_id)
    left = berth.free_metres - length
    for _ in range(5):
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(  # expect: swallowed-conflict|lost-update
            free_metres=left, revision=berth.revision + 1
        )
        if hit:
            return left
        berth.refresh_from_db(fields=["revision"])
    raise Busy(berth_id)


# case: id=py-dj-9502 label=safe tier=2 note=both columns are refreshed, and the value is worked out in each round
@shared_task
def unmoor(berth_id, length):
    berth = Berth.objects.get(pk=berth_id)
    for _ in range(5):
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(
            free_metres=berth.free_metres + length, revision=berth.revision + 1
        )
        if hit:
            return
        berth.refresh_from_db(fields=["free_metres", "revision"])
    raise Busy(berth_id)


# case: id=py-dj-9503 label=safe tier=2 note=what is written depends on no read
@shared_task
def repaint(berth_id, text):
    berth = Berth.objects.get(pk=berth_id)
    for _ in range(5):
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(
            sign=text, revision=berth.revision + 1
        )
        if hit:
            return
        berth.refresh_from_db(fields=["revision"])
    raise Busy(berth_id)


# case: id=py-dj-9504 label=race rule=swallowed-conflict|lost-update tier=2 note=the whole row is read again, the sum from the first one is kept
@shared_task
def raise_toll(berth_id, share):
    berth = Berth.objects.get(pk=berth_id)
    toll = berth.toll * (1 + share)
    while True:
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(  # expect: swallowed-conflict|lost-update
            toll=toll, revision=berth.revision + 1
        )
        if hit == 1:
            break
        berth = Berth.objects.get(pk=berth_id)


# case: id=py-dj-9505 label=safe tier=2 note=the sum is worked out again from the row that was read again
@shared_task
def lower_toll(berth_id, share):
    berth = Berth.objects.get(pk=berth_id)
    toll = berth.toll * (1 - share)
    while True:
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(
            toll=toll, revision=berth.revision + 1
        )
        if hit == 1:
            break
        berth = Berth.objects.get(pk=berth_id)
        toll = berth.toll * (1 - share)


# case: id=py-dj-9506 label=race rule=swallowed-conflict|lost-update tier=2 note=a round ends for winner and loser at one place
@shared_task
def shorten(berth_id, metres):
    berth = Berth.objects.get(pk=berth_id)
    left = berth.free_metres - metres
    through = False
    while not through:
        through = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(  # expect: swallowed-conflict|lost-update
            free_metres=left, revision=berth.revision + 1
        )
        if not through:
            berth.refresh_from_db(fields=["revision"])


class Plank:
    def __init__(self, berth_id):
        self.berth_id = berth_id
        self.revision = None

    def store(self, left):
        return Berth.objects.filter(pk=self.berth_id, revision=self.revision).update(  # expect: swallowed-conflict|lost-update
            free_metres=left, revision=self.revision + 1
        )

    # case: id=py-dj-9507 label=race rule=swallowed-conflict|lost-update tier=3 note=the write stands in the loop's own test
    def widen(self, metres):
        berth = Berth.objects.get(pk=self.berth_id)
        self.revision = berth.revision
        left = berth.free_metres + metres
        while not self.store(left):
            self.revision = Berth.objects.values_list("revision", flat=True).get(pk=self.berth_id)


@shared_task
def widen(berth_id, metres):
    Plank(berth_id).widen(metres)


# case: id=py-dj-9508 label=safe tier=2 note=the next turn is about another berth
@shared_task
def number_all(ids):
    seen = 0
    for berth_id in ids:
        berth = Berth.objects.get(pk=berth_id)
        seen += berth.free_metres
        hit = Berth.objects.filter(pk=berth_id, revision=berth.revision).update(
            free_metres=seen, revision=berth.revision + 1
        )
        if not hit:
            continue


# case: id=py-dj-9509 label=race rule=read-before-lock|lost-update tier=2 note=under the lock only another column is read again
@shared_task
def take_metres(berth_id, metres):
    berth = Berth.objects.get(pk=berth_id)
    with transaction.atomic():
        berth.refresh_from_db(fields=["sign"], from_queryset=Berth.objects.select_for_update())
        berth.free_metres -= metres
        berth.save(update_fields=["free_metres"])  # expect: read-before-lock|lost-update


# case: id=py-dj-9510 label=safe tier=2 note=under the lock the column itself is read again
@shared_task
def give_metres(berth_id, metres):
    berth = Berth.objects.get(pk=berth_id)
    with transaction.atomic():
        berth.refresh_from_db(fields=["free_metres"], from_queryset=Berth.objects.select_for_update())
        berth.free_metres += metres
        berth.save(update_fields=["free_metres"])
