from contextlib import ExitStack

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from harbour.models import Quay
from harbour.quays import keep
from harbour.quays.locks import Harbourmaster, HeldQuay, OpenQuay, StackedQuay


@require_POST
def moor(request, pk):
    quay = Quay.objects.get(pk=pk)
    keep.moor(quay, int(request.POST["length"]))
    return HttpResponse(status=204)


@require_POST
def moor_held(request, pk):
    with transaction.atomic():
        quay = Quay.objects.select_for_update().get(pk=pk)
        quay.free -= int(request.POST["length"])
        keep.store(quay)
    return HttpResponse(status=204)


@require_POST
def moor_entered(request, pk):
    with HeldQuay(pk) as quay:
        quay.free -= int(request.POST["length"])
        quay.save(update_fields=["free"])
    return HttpResponse(status=204)


@require_POST
def moor_stacked(request, pk):
    with StackedQuay(pk) as quay:
        quay.free -= int(request.POST["length"])
        quay.save(update_fields=["free"])
    return HttpResponse(status=204)


@require_POST
def moor_collected(request, pk):
    with ExitStack() as stack:
        quay = stack.enter_context(Harbourmaster().holding(pk))
        other = stack.enter_context(HeldQuay(request.POST["other"]))
        quay.free -= other.depth
        quay.save(update_fields=["free"])
        other.free -= 1
        other.save(update_fields=["free"])
    return HttpResponse(status=204)


@require_POST
def moor_open(request, pk):
    with ExitStack() as stack:
        quay = stack.enter_context(OpenQuay(pk))
        quay.free -= int(request.POST["length"])
        quay.save(update_fields=["free"])  # expect: lost-update
    return HttpResponse(status=204)


@require_POST
def moor_late(request, pk):
    with HeldQuay(pk) as quay:
        length = int(request.POST["length"])
    quay.free -= length
    quay.save(update_fields=["free"])  # expect: lock-outside-transaction
    return HttpResponse(status=204)


@require_POST
def moor_early(request, pk):
    with ExitStack() as stack:
        stack.enter_context(transaction.atomic())
        quay = stack.enter_context(OpenQuay(pk))
        quay.free -= int(request.POST["length"])
        quay.save(update_fields=["free"])  # expect: lost-update
    return HttpResponse(status=204)
