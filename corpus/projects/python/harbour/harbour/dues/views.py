from django.http import HttpResponse
from django.views.decorators.http import require_POST

from harbour.dues.books import Waiver, register
from harbour.dues.ships import HeldShips, Ships
from harbour.dues.tables import SIDES, STEPS
from harbour.models import Due, Entry


@require_POST
def change(request, pk, side):
    due = Due.objects.get(pk=pk)
    column = SIDES["office"]
    setattr(due, column, getattr(due, column) + STEPS["small"])
    due.save(update_fields=[column])  # expect: lost-update
    other = SIDES["ship"]
    setattr(due, other, STEPS["large"])
    due.save(update_fields=[other])
    return HttpResponse(status=204)


@require_POST
def charge(request, pk):
    Ships().add(pk, int(request.POST["amount"]))
    return HttpResponse(status=204)


@require_POST
def charge_held(request, pk):
    HeldShips().add(pk, int(request.POST["amount"]))
    return HttpResponse(status=204)


@require_POST
def waive(request, pk):
    Waiver(pk).halve()
    return HttpResponse(status=204)


@require_POST
def enter(request, name):
    if name not in register:
        Entry.objects.create(name=name)  # expect: check-then-create
    return HttpResponse(status=204)


@require_POST
def count(request, name):
    register[name] = register[name] + 1
    return HttpResponse(status=204)
