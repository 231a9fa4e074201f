"""A journal with a limit of entries, each written under an advisory lock of the parcel."""
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django_pglocks import advisory_lock


class JournalFull(Exception):
    pass


class Parcel(models.Model):
    barcode = models.CharField(max_length=40)


class JournalEntry(models.Model):
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="entries")
    text = models.TextField()


def note(parcel, text):
    with advisory_lock("journal-%s" % parcel.pk):
        if JournalEntry.objects.filter(parcel=parcel).count() >= 60:
            raise JournalFull(parcel.barcode)
        return JournalEntry.objects.create(parcel=parcel, text=text)


# case: id=py-dj-9621 label=safe tier=2 note=two entries, for each of which was counted under the lock
class ArrivalView(View):
    def post(self, request, pk):
        parcel = get_object_or_404(Parcel, pk=pk)
        note(parcel, "arrived")
        note(parcel, "labelled by %s" % request.user)
        return HttpResponse(status=204)


# case: id=py-dj-9622 label=race rule=check-then-act tier=2 note=only the first of the two was counted for under the lock
class TransferView(View):
    def post(self, request, pk):
        parcel = get_object_or_404(Parcel, pk=pk)
        with advisory_lock("journal-%s" % parcel.pk):
            if JournalEntry.objects.filter(parcel=parcel).count() >= 59:
                raise JournalFull(parcel.barcode)
        JournalEntry.objects.create(parcel=parcel, text="handed on")  # expect: check-then-act
        return HttpResponse(status=204)
