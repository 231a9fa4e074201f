"""Archive: dossiers whose save looks at the columns it was asked to write."""
from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

WITH_CONTENT = ("file", "folder")


class Dossier(models.Model):
    kind = models.CharField(max_length=10)
    content = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    hidden = models.BooleanField(default=False)

    class Meta:
        app_label = "archive"

    def save(
        self, force_insert: bool = False, update_fields: list[str] | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if self.kind not in WITH_CONTENT:
            super().save(force_insert=force_insert, update_fields=update_fields, *args, **kwargs)
            return
        with_content = update_fields and "content" in update_fields
        if with_content:
            update_fields += ["summary"]
            update_fields = list(set(update_fields))
        if not update_fields or "options" in update_fields:
            self.order_options()
        if not update_fields or update_fields and "summary" in update_fields:
            self.count_pages()
        super().save(force_insert=force_insert, update_fields=update_fields, *args, **kwargs)  # expect: lost-update

    def order_options(self) -> None:
        self.options["order"] = sorted(self.options.get("order", []))

    def count_pages(self) -> None:
        self.summary["edits"] = self.summary.get("edits", 0) + 1


# case: one column was asked for: what the save does for others is not done
@require_POST
def hide(request: HttpRequest, pk: int) -> JsonResponse:
    dossier = get_object_or_404(Dossier, pk=pk)
    dossier.hidden = request.POST["hidden"] == "1"
    dossier.save(update_fields=["hidden"])
    return JsonResponse({"hidden": dossier.hidden})


# case: written where it differs, whichever of two saves is the one that does it
@require_POST
def show(request: HttpRequest, pk: int) -> JsonResponse:
    dossier = get_object_or_404(Dossier, pk=pk)
    hidden = request.POST["hidden"] == "1"
    if dossier.hidden != hidden:
        dossier.hidden = hidden
        dossier.save(update_fields=["hidden"])
    return JsonResponse({"id": dossier.pk})


# case: with its content the summary is counted again
@require_POST
def revise(request: HttpRequest, pk: int) -> JsonResponse:
    dossier = get_object_or_404(Dossier, pk=pk)
    dossier.content = {"text": request.POST["text"]}
    dossier.save(update_fields=["content"])
    return JsonResponse({"id": dossier.pk})
