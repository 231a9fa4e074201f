"""A lost-property office: what every save fills in is there in each row that was read."""
from __future__ import annotations

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.crypto import get_random_string
from django.views.decorators.http import require_POST
from django_pglocks import advisory_lock


class Coded(models.Model):
    code = models.CharField(max_length=8, unique=True, null=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.code:
            return super().save(*args, **kwargs)
        if "update_fields" in kwargs:
            kwargs["update_fields"] = {"code"}.union(kwargs["update_fields"])
        for attempt in range(3):
            self.code = get_random_string(8)
            try:
                with transaction.atomic():
                    return super().save(*args, **kwargs)
            except IntegrityError:
                if attempt == 2:
                    raise


class Find(Coded):
    place = models.CharField(max_length=40)
    shelf = models.CharField(max_length=10)

    class Meta:
        app_label = "office"


class Claim(models.Model):
    number = models.CharField(max_length=8, null=True)
    accepted = models.BooleanField(default=False)
    text = models.TextField()

    class Meta:
        app_label = "office"

    # case: id=py-dj-9867 label=race rule=check-then-act tier=3 note=what is filled in for some rows only is missing in others
    def save(self, *args, **kwargs):
        # Only those that are accepted get a number.
        if self.accepted and not self.number:
            self.number = get_random_string(8)
            kwargs["update_fields"] = ["number", "accepted", "text"]
            return super().save(*args, **kwargs)  # expect: check-then-act
        return super().save(*args, **kwargs)


class Shelf(models.Model):
    slug = models.SlugField(unique=True, null=True)
    title = models.CharField(max_length=40)

    class Meta:
        app_label = "office"

    def save(self, *args, **kwargs):
        if not self.slug:
            with advisory_lock("new-shelf"):
                self.slug = f"{self.title.lower()}-{Shelf.objects.count()}"
                super().save(*args, **kwargs)
        else:
            super().save(*args, **kwargs)


class Locker(models.Model):
    pin = models.CharField(max_length=8, null=True)
    holder = models.CharField(max_length=40)

    class Meta:
        app_label = "office"

    # case: id=py-dj-9868 label=race rule=check-then-act tier=3 note=what somebody takes away is missing again
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        if not self.pin:
            self.pin = get_random_string(6)
            super().save(update_fields=["pin"])  # expect: check-then-act


# case: id=py-dj-9866 label=safe tier=3 note=what every save fills in is there in each row that was read
@require_POST
def shelve(request: HttpRequest, pk: int) -> JsonResponse:
    # It was saved before, so it has a code.
    find = get_object_or_404(Find, pk=pk)
    find.shelf = request.POST["shelf"]
    find.save(update_fields=["shelf"])
    return JsonResponse({"code": find.code})


# case: id=py-dj-9869 label=race rule=stale-overwrite tier=3 note=the same where it is filled in under a lock, and the whole row goes back
@require_POST
def retitle(request: HttpRequest, pk: int) -> JsonResponse:
    # It has a slug, so the lock is not what it waits for.
    shelf = get_object_or_404(Shelf, pk=pk)
    shelf.title = request.POST["title"]
    shelf.save()  # expect: stale-overwrite
    return JsonResponse({"slug": shelf.slug})


# case: id=py-dj-9870 label=race rule=stale-overwrite tier=1 note=the whole row goes back
@require_POST
def correct(request: HttpRequest, pk: int) -> JsonResponse:
    claim = get_object_or_404(Claim, pk=pk)
    claim.text = request.POST["text"]
    claim.save()  # expect: stale-overwrite
    return JsonResponse({"number": claim.number})


# case: id=py-dj-9871 label=race rule=stale-overwrite tier=1 note=the whole row goes back
@require_POST
def hand_over(request: HttpRequest, pk: int) -> JsonResponse:
    locker = get_object_or_404(Locker, pk=pk)
    locker.holder = request.POST["holder"]
    locker.save()  # expect: stale-overwrite
    return JsonResponse({"pin": locker.pin})


@require_POST
def forget_pin(request: HttpRequest, pk: int) -> JsonResponse:
    # Taken away here, it is missing for whoever saves next.
    Locker.objects.filter(pk=pk).update(pin=None)
    return JsonResponse({})
