"""Ponds that herons fish in: rows that are validated as they are saved, or before."""

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404


class Pond(models.Model):
    title = models.CharField(max_length=60)
    deepest = models.IntegerField()
    shallowest = models.IntegerField()

    def clean(self):
        super().clean()
        if self.deepest < self.shallowest:
            raise ValidationError("deeper where it is shallow")

    def save(self, *args, **kwargs):
        self.full_clean()
        super().save(*args, **kwargs)


class Heron(models.Model):
    pond = models.ForeignKey(Pond, on_delete=models.CASCADE)
    ring = models.CharField(max_length=12)

    def clean(self):
        if Heron.objects.filter(pond=self.pond).count() >= 4:
            raise ValidationError("four herons fish here")


class Frog(models.Model):
    pond = models.ForeignKey(Pond, on_delete=models.CASCADE)
    voice = models.CharField(max_length=12)

    def validate_unique(self, exclude=None):
        super().validate_unique(exclude=exclude)
        if Frog.objects.filter(pond=self.pond, voice=self.voice).exists():
            raise ValidationError("there is such a frog")

    def save(self, *args, **kwargs):
        self.full_clean()
        super().save(*args, **kwargs)


def rename(request, pk):
    """Validating does nothing for whoever comes first: the same title is written, or left as it is."""
    pond = get_object_or_404(Pond, pk=pk)
    if pond.title != request.POST["title"]:
        pond.title = request.POST["title"]
        pond.save(update_fields=["title"])
    return HttpResponse("named")


def rename_and_tell(request, pk):
    """What is noted beside it is noted twice."""
    pond = get_object_or_404(Pond, pk=pk)
    if pond.title != request.POST["title"]:
        pond.title = request.POST["title"]
        pond.save(update_fields=["title"])  # expect: check-then-act
        Sign.objects.create(pond=pond, text=pond.title)
    return HttpResponse("named")


class Sign(models.Model):
    pond = models.ForeignKey(Pond, on_delete=models.CASCADE)
    text = models.CharField(max_length=60)


def settle(request, pk):
    """The validator counts; the row that it lets through is one more."""
    heron = Heron(pond_id=pk, ring=request.POST["ring"])
    heron.full_clean()
    heron.save()  # expect: check-then-act
    return HttpResponse("settled")


def settle_unasked(request, pk):
    """Nobody asks the validator."""
    heron = Heron(pond_id=pk, ring=request.POST["ring"])
    heron.save()
    return HttpResponse("settled")


def spawn(request, pk):
    Frog(pond_id=pk, voice=request.POST["voice"]).save()  # expect: check-then-create
    return HttpResponse("croaks")
