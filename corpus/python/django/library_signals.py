"""Loans of a library: how many a reader has is counted as loans come and go."""
from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver


class Reader(models.Model):
    open_loans = models.IntegerField(default=0)
    credits = models.IntegerField(default=0)

    class Meta:
        app_label = "lending"


class Loan(models.Model):
    reader = models.ForeignKey(Reader, on_delete=models.CASCADE)

    class Meta:
        app_label = "lending"


# case: id=py-dj-9731 label=safe tier=2 note=each loan that is gone was counted while it was there
@receiver(post_delete, sender=Loan)
def take_back(sender, instance, **kwargs):
    Reader.objects.filter(pk=instance.reader_id).update(open_loans=F("open_loans") - 1)


# case: id=py-dj-9732 label=race rule=unconditional-update tier=2 note=a loan that is saved takes credits that may not be there
@receiver(post_save, sender=Loan)
def charge(sender, instance, created, **kwargs):
    if created:
        Reader.objects.filter(pk=instance.reader_id).update(credits=F("credits") - 1)  # expect: unconditional-update
