"""A raffle: a form is told by keyword whose strip of tickets it takes one from."""
from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.db import models, transaction
from django.http import HttpRequest, JsonResponse


class Strip(models.Model):
    owner = models.OneToOneField(User, on_delete=models.CASCADE)
    numbers = models.JSONField(default=list)

    class Meta:
        app_label = "raffle"


# case: the row is taken out of the keywords before the rest goes on
class TearForm(forms.Form):
    number = forms.IntegerField()

    def __init__(self, *args, **kwargs):
        self.strip = kwargs.pop("strip")
        super().__init__(*args, **kwargs)

    def clean(self):
        numbers = self.strip.numbers
        number = self.cleaned_data["number"]
        if number not in numbers:
            raise forms.ValidationError("no such ticket")
        numbers.remove(number)
        self.strip.numbers = numbers
        self.strip.save(update_fields=["numbers"])  # expect: lost-update
        return self.cleaned_data


# case: it is read again under a lock
class TearOnceForm(forms.Form):
    number = forms.IntegerField()

    def __init__(self, *args, **kwargs):
        self.strip = kwargs.pop("strip")
        super().__init__(*args, **kwargs)

    def clean(self):
        number = self.cleaned_data["number"]
        with transaction.atomic():
            strip = Strip.objects.select_for_update().get(pk=self.strip.pk)
            if number not in strip.numbers:
                raise forms.ValidationError("no such ticket")
            strip.numbers.remove(number)
            strip.save(update_fields=["numbers"])
        return self.cleaned_data


# case: a word, not a row, is taken from the keywords
class NamedForm(forms.Form):
    number = forms.IntegerField()

    def __init__(self, *args, **kwargs):
        self.strip = kwargs.pop("strip", "short")
        super().__init__(*args, **kwargs)

    def clean(self):
        self.strip = self.strip + "er"
        return self.cleaned_data


def tear(request: HttpRequest) -> JsonResponse:
    form = TearForm(request.POST, strip=request.user.strip)
    return JsonResponse({"torn": form.is_valid()})


def tear_once(request: HttpRequest) -> JsonResponse:
    form = TearOnceForm(request.POST, strip=request.user.strip)
    return JsonResponse({"torn": form.is_valid()})


def name(request: HttpRequest) -> JsonResponse:
    form = NamedForm(request.POST, strip="long")
    return JsonResponse({"named": form.is_valid()})
