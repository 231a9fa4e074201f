"""Gallery: works, their labels and stays; what is written only where it differs, and what is worked out once."""
from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST

from gallery.context import current_user


class Stamped(models.Model):
    edited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    remark = models.CharField(max_length=200)

    class Meta:
        abstract = True

    # case: who edited it last is written where it is another one
    def save(self, *args: Any, **kwargs: Any) -> None:
        update_fields = kwargs.get("update_fields", [])
        user = current_user()
        if user and not user.id:
            user = None
        if self.edited_by != user:
            self.edited_by = user
            if "edited_by" not in update_fields:
                update_fields.append("edited_by")
        super().save(*args, **kwargs)


class Work(Stamped):
    title = models.CharField(max_length=80)
    shelf = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="stored")
    loans = models.IntegerField(default=0)

    class Meta:
        app_label = "gallery"

    # case: saved twice, the second time on what the first one left
    def save(self, *args: Any, **kwargs: Any) -> None:
        placeholder = "__at_%s" % timezone.now()
        if not self.title:
            self.title = "Untitled %s" % placeholder
        super().save(*args, **kwargs)
        if placeholder in self.title:
            self.title = self.title.replace(placeholder, str(self.pk))
            super().save(update_fields=["title"])


@require_POST
def remark(request: HttpRequest, pk: int) -> JsonResponse:
    work = get_object_or_404(Work, pk=pk)
    work.remark = request.POST["remark"]
    work.save(update_fields=["remark"])
    return JsonResponse({"id": work.pk})


class Visit(models.Model):
    work = models.ForeignKey(Work, on_delete=models.CASCADE)

    class Meta:
        app_label = "gallery"


# case: what is done for each row does not hang on the stamp
def inspect_shelf(shelf: str, finding: str) -> None:
    for work in Work.objects.filter(shelf=shelf):
        Visit.objects.create(work=work)
        work.remark = finding
        work.save(update_fields=["remark"])


# case: the state that lets it out is another matter
@require_POST
def lend(request: HttpRequest, pk: int) -> JsonResponse:
    work = get_object_or_404(Work, pk=pk)
    if work.state != "stored":
        return JsonResponse({"error": "it is out"}, status=409)
    work.state = "lent"
    work.save(update_fields=["state"])  # expect: check-then-act
    return JsonResponse({"id": work.pk})


# case: which column is compared is known at run time only
@require_POST
def amend(request: HttpRequest, pk: int) -> JsonResponse:
    work = get_object_or_404(Work, pk=pk)
    changed = []
    for name in ("title", "shelf"):
        value = request.POST.get(name)
        if value is not None and getattr(work, name) != value:
            setattr(work, name, value)
            changed.append(name)
    if changed:
        work.save(update_fields=changed)
    return JsonResponse({"id": work.pk})


class Stay(models.Model):
    work = models.ForeignKey(Work, on_delete=models.CASCADE)
    room = models.CharField(max_length=20)
    keeper = models.CharField(max_length=80)
    porter = models.CharField(max_length=80)
    billed = models.IntegerField()
    days = models.IntegerField(null=True)

    class Meta:
        app_label = "gallery"


# case: whether there is a line for the door owes nothing to the names that are put into it
@require_POST
def assign(request: HttpRequest, pk: int) -> JsonResponse:
    stay = get_object_or_404(Stay, pk=pk)
    keeper = request.POST.get("keeper")
    porter = request.POST.get("porter")
    door = request.POST.get("door")
    if not door and (keeper is not None or porter is not None):
        first = keeper if keeper is not None else stay.keeper
        second = porter if porter is not None else stay.porter
        door = f"{first or ''} / {second or ''}".strip()
    if keeper is not None or porter is not None or door is not None:
        changed = []
        if keeper is not None and stay.keeper != keeper:
            stay.keeper = keeper
            changed.append("keeper")
        if porter is not None and stay.porter != porter:
            stay.porter = porter
            changed.append("porter")
        if changed:
            stay.save(update_fields=changed)
    return JsonResponse({"door": door})


def post_to_ledger(pk: int) -> None:
    print("stay", pk)


# case: a column that may not be NULL is never None: that test decides nothing
def settle(pk: int, billed: int) -> None:
    stay = Stay.objects.get(pk=pk)
    if stay.billed is None:
        stay.billed = 0
    if stay.billed != billed:
        stay.billed = billed
    stay.save(update_fields=["billed"])
    post_to_ledger(stay.pk)


# case: one that may be NULL
def close(pk: int, days: int) -> None:
    stay = Stay.objects.get(pk=pk)
    if stay.days is None:
        stay.days = days
        stay.save(update_fields=["days"])  # expect: check-then-act
        post_to_ledger(stay.pk)


class Etching(models.Model):
    digest = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    wanted = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "gallery"

    def touch(self) -> None:
        self.wanted = timezone.now()
        self.save(update_fields=["wanted"])


class Print(models.Model):
    digest = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    wanted = models.DateTimeField(null=True)

    class Meta:
        app_label = "gallery"

    def touch(self) -> None:
        self.wanted = timezone.now()
        self.save(update_fields=["wanted"])


# case: what others write is written anew by every save
@require_POST
def place_etching(request: HttpRequest, digest: str) -> JsonResponse:
    etching = Etching.objects.get(digest=digest)
    etching.path = request.POST["path"]
    etching.save()  # expect: stale-overwrite # as: note
    return JsonResponse({"id": etching.pk})


# case: a time that is put there by those who mean it
@require_POST
def place_print(request: HttpRequest, digest: str) -> JsonResponse:
    sheet = Print.objects.get(digest=digest)
    sheet.path = request.POST["path"]
    sheet.save()  # expect: stale-overwrite # as: warning
    return JsonResponse({"id": sheet.pk})


class Receipt(models.Model):
    stay = models.ForeignKey(Stay, on_delete=models.CASCADE)
    signed_by = models.CharField(max_length=80, null=True)
    approved_by = models.CharField(max_length=80, null=True)

    class Meta:
        app_label = "gallery"


# case: both fill in what is missing: either could have been the first
def sign(pk: int) -> None:
    receipt = Receipt.objects.get(pk=pk)
    if not receipt.signed_by and receipt.stay:
        Receipt.objects.filter(pk=receipt.pk).update(signed_by=receipt.stay.keeper)


def sign_all(keeper: str) -> None:
    Receipt.objects.filter(stay__keeper=keeper, signed_by__isnull=True).update(signed_by=keeper)


# case: what somebody else decides is not to be filled in over
def approve(pk: int) -> None:
    receipt = Receipt.objects.get(pk=pk)
    if not receipt.approved_by and receipt.stay:
        Receipt.objects.filter(pk=receipt.pk).update(approved_by=receipt.stay.keeper)  # expect: check-then-act


@require_POST
def approve_as(request: HttpRequest, pk: int) -> JsonResponse:
    changed = Receipt.objects.filter(pk=pk).update(approved_by=request.POST["name"])
    return JsonResponse({"changed": changed})
