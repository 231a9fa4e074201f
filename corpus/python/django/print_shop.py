"""A print shop: paper on shelves, vouchers with a number of uses, presses that are booked."""
from __future__ import annotations

from datetime import timedelta

from django.core.mail import send_mail
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone


class Paper(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        app_label = "print_shop"

    def shelf_for(self, sheets: int) -> Shelf | None:
        fitting = filter(lambda shelf: shelf.unreserved >= sheets, self.shelves.all())
        fitting = sorted(fitting, key=lambda shelf: shelf.price)
        if fitting:
            return fitting[0]
        return None


class Shelf(models.Model):
    paper = models.ForeignKey(Paper, related_name="shelves", on_delete=models.CASCADE)
    sheets = models.IntegerField(default=0)
    reserved = models.IntegerField(null=True)
    price = models.IntegerField(default=0)

    class Meta:
        app_label = "print_shop"

    @property
    def unreserved(self) -> int:
        return max(self.sheets - (self.reserved or 0), 0)

    # case: id=py-dj-3978 label=race rule=lost-update tier=2 note=a zero where nothing was, then counted up from what was read
    def reserve(self, sheets: int) -> None:
        if self.reserved is None:
            self.reserved = 0
        self.reserved += sheets
        self.save()  # expect: lost-update

    # case: id=py-dj-3979 label=race rule=lost-update tier=2 note=the same, as a sum
    def restock(self, sheets: int) -> None:
        if not self.sheets:
            self.sheets = 0
        self.sheets = self.sheets + sheets
        self.save(update_fields=["sheets"])  # expect: lost-update

    # case: id=py-dj-3980 label=safe tier=2 note=the store counts
    def give_back(self, sheets: int) -> None:
        Shelf.objects.filter(pk=self.pk).update(sheets=F("sheets") + sheets)


class Voucher(models.Model):
    code = models.CharField(max_length=12, unique=True)
    used = models.PositiveIntegerField(default=0)
    uses = models.PositiveIntegerField(null=True)

    class Meta:
        app_label = "print_shop"


class Job(models.Model):
    state = models.CharField(max_length=10, default="new")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "print_shop"


# case: id=py-dj-3981 label=race rule=check-then-act tier=2 note=the shelf was chosen in Python by what was left on it
def order_paper(request, paper_id: int):
    shelf = Paper.objects.get(pk=paper_id).shelf_for(int(request.POST["sheets"]))
    if shelf:
        shelf.reserved = F("reserved") + int(request.POST["sheets"])
        shelf.save(update_fields=["reserved"])  # expect: check-then-act


# case: id=py-dj-3982 label=race rule=check-then-act tier=2 note=filtered and gone through, nothing else is asked
def reserve_on_each(request, paper_id: int):
    sheets = int(request.POST["sheets"])
    for shelf in filter(lambda s: s.unreserved >= sheets, Shelf.objects.filter(paper_id=paper_id)):
        shelf.reserved = F("reserved") + sheets
        shelf.save(update_fields=["reserved"])  # expect: check-then-act


# case: id=py-dj-3983 label=race rule=check-then-act tier=2 note=the first that fits, or none
def reserve_on_first(request, paper_id: int):
    sheets = int(request.POST["sheets"])
    shelves = Shelf.objects.filter(paper_id=paper_id)
    shelf = next((s for s in shelves if s.unreserved >= sheets), None)
    if shelf is not None:
        shelf.reserved = F("reserved") + sheets
        shelf.save(update_fields=["reserved"])  # expect: check-then-act


# case: id=py-dj-3984 label=safe tier=2 note=the rows are locked before one is chosen
@transaction.atomic
def reserve_locked(request, paper_id: int):
    sheets = int(request.POST["sheets"])
    shelves = Shelf.objects.select_for_update().filter(paper_id=paper_id)
    shelf = next((s for s in shelves if s.unreserved >= sheets), None)
    if shelf is not None:
        shelf.reserved = F("reserved") + sheets
        shelf.save(update_fields=["reserved"])


# case: id=py-dj-3985 label=race rule=check-then-act tier=2 note=one of two tests of the query looks at the limit
def redeem(request):
    usable = Voucher.objects.filter(Q(uses__isnull=True) | Q(used__lt=F("uses")))
    voucher = usable.get(code=request.POST["code"])
    voucher.used = F("used") + 1
    voucher.save(update_fields=["used"])  # expect: check-then-act


# case: id=py-dj-3986 label=safe tier=2 note=the same query, locked until the use is counted
@transaction.atomic
def redeem_locked(request):
    usable = Voucher.objects.filter(Q(uses__isnull=True) | Q(used__lt=F("uses")))
    voucher = usable.select_for_update().get(code=request.POST["code"])
    voucher.used = F("used") + 1
    voucher.save(update_fields=["used"])


# case: id=py-dj-3987 label=race rule=check-then-act tier=2 note=a lease that has run out or was never taken, taken by two
def take_job(request):
    stale = timezone.now() - timedelta(minutes=10)
    job = Job.objects.filter(Q(taken_at__isnull=True) | Q(taken_at__lt=stale)).first()
    if job is not None:
        job.taken_at = timezone.now()
        job.save(update_fields=["taken_at"])  # expect: check-then-act
        send_mail("Press", str(job.pk), None, ["press@example.org"])
    return job


# case: id=py-dj-3988 label=race rule=check-then-act tier=2 note=done in between, and marked as failed all the same
def give_up_old(request):
    for job in Job.objects.exclude(state__in=("done", "failed")):
        job.state = "failed"
        job.save(update_fields=["state"])  # expect: check-then-act


def finish(request, pk: int):
    Job.objects.filter(pk=pk).update(state="done")


# case: id=py-dj-3989 label=race rule=check-then-act tier=2 note=the fullest shelf is asked, then taken from
def take_from_fullest(request, paper_id: int):
    shelf = max(Shelf.objects.filter(paper_id=paper_id), key=lambda s: s.sheets)
    if shelf.sheets > 0:
        shelf.sheets = F("sheets") - 1
        shelf.save(update_fields=["sheets"])  # expect: check-then-act
