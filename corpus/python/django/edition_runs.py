"""Publishing house: runs that report on themselves, editions that are put together in one run."""
from __future__ import annotations

import json
from typing import Any, Iterable

from django.db import models, transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST


class RunReport(models.Model):
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=12, default="waiting")
    remark = models.TextField(blank=True)
    done = models.IntegerField(default=0)

    class Meta:
        app_label = "editions"

    def __enter__(self) -> RunReport:
        self.state = "running"
        self.save()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.state = "completed" if kind is None else "failed"
        self.save()

    async def __aenter__(self) -> RunReport:
        self.state = "running"
        await self.asave()
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.state = "completed" if kind is None else "failed"
        await self.asave()

    def advance(self, by: int = 1) -> None:
        self.done += by
        self.save()


@require_POST
def annotate_report(request: HttpRequest, pk: int) -> JsonResponse:
    changed = RunReport.objects.filter(pk=pk).update(remark=request.POST["remark"])
    return JsonResponse({"changed": changed})


# case: the object of a `with` is made here; nobody else has it
def typeset(chapters: list[dict]) -> int:
    with RunReport(title="Typesetting") as report:
        for chapter in chapters:
            if chapter.get("skip"):
                return report.done
            report.advance()
    return len(chapters)


# case: the same for `async with`
async def proofread(chapters: list[dict]) -> None:
    async with RunReport(title="Proofreading") as report:
        for _ in chapters:
            report.done = len(chapters)


class Edition(models.Model):
    number = models.IntegerField()
    page_ids = models.JSONField(default=list)
    complete = models.BooleanField(default=False)

    class Meta:
        app_label = "editions"

    def __enter__(self) -> Edition:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            self.complete = True
            self.save()

    # case: every caller hands in an edition that was made in the same run, though on magazines nobody knows
    def add_pages(self, pages: Iterable[int]) -> None:
        self.page_ids += list(pages)
        self.save()

    # case: through another method of the same edition
    def replace_pages(self, pages: Iterable[int]) -> None:
        self.page_ids = []
        self.add_pages(pages)


class Magazine(models.Model):
    name = models.CharField(max_length=80, unique=True)
    next_number = models.IntegerField(default=1)

    class Meta:
        app_label = "editions"

    def new_edition(self) -> Edition:
        with transaction.atomic():
            edition = Edition(number=int(self.next_number))
            edition.save()
            return edition


def assemble(registry: Any, uid: str, pages: list[int]) -> None:
    magazine = registry.magazine(uid)
    with magazine.new_edition() as edition:
        edition.add_pages(pages)


def reprint(registry: Any, uid: str, pages: list[int]) -> None:
    with registry.magazine(uid).new_edition() as edition:
        edition.replace_pages(pages)


class Supplement(models.Model):
    page_ids = models.JSONField(default=list)

    class Meta:
        app_label = "editions"

    # case: one of the callers has read the row
    def drop_page(self, page: int) -> None:
        self.page_ids.remove(page)
        self.save(update_fields=["page_ids"])  # todo: lost-update


def clean_supplement(registry: Any, pk: int) -> None:
    supplement = registry.supplement(pk)
    supplement.drop_page(1)


def blank_supplement() -> Supplement:
    supplement = Supplement(page_ids=[1, 2])
    supplement.save()
    supplement.drop_page(1)
    return supplement


class Upload(models.Model):
    text = models.TextField(blank=True)
    parsed = models.BooleanField(default=False)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "editions"


# case: an object that is called, its method static, is called with a row made in this run and read again
class ParseUpload:
    @staticmethod
    def __call__(upload: Upload) -> None:
        if upload.parsed:
            return
        json.loads(upload.text)
        upload.parsed = True
        upload.save()


class ReceiveUpload:
    def __call__(self, text: str) -> Upload:
        upload = Upload.objects.create(text=text)
        upload.refresh_from_db()
        parse = ParseUpload()
        parse(upload)
        return upload


def receive(request: HttpRequest) -> JsonResponse:
    upload = ReceiveUpload()(request.body.decode())
    return JsonResponse({"id": upload.pk})


# case: the same by hand, on a row that others have as well
@require_POST
def parse_again(request: HttpRequest, pk: int) -> JsonResponse:
    upload = get_object_or_404(Upload, pk=pk)
    if upload.parsed:
        return JsonResponse({"parsed": True})
    upload.text = upload.text.strip()
    upload.parsed = True
    upload.save()  # expect: lost-update|check-then-act
    return JsonResponse({"parsed": False})
