from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

import observatory.nights.models as models
import observatory.nights.wear
from observatory.nights import NightTaken, claim as claim_night, claim_once as claim_night_once
from observatory.nights.models import Filter

from ..archive import plates
from ..archive.plates import *

try:
    from tools.fast_counts import add_frames
except ImportError:
    from tools.counts import add_frames


@require_POST
def claim(request, pk):
    try:
        claim_night(pk, request.user.username)
    except NightTaken:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_POST
def claim_once(request, pk):
    try:
        claim_night_once(pk, request.user.username)
    except NightTaken:
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_POST
def frames(request, pk):
    night = models.Night.objects.get(pk=pk)
    add_frames(night, int(request.POST["frames"]))
    return JsonResponse({"frames": night.frames})


@require_POST
def frames_added(request, pk):
    from tools.counts import add_frames_stored as add

    add(models.Night, pk, int(request.POST["frames"]))
    return HttpResponse(status=204)


@require_POST
def lend_plate(request, pk):
    lend(pk)
    return HttpResponse(status=204)


@require_POST
def lend_plate_locked(request, pk):
    plates.lend_locked(pk)
    return HttpResponse(status=204)


@require_POST
def remark(request, pk):
    from observatory.archive import remarks

    remarks.append(pk, request.POST["text"])
    return HttpResponse(status=204)


@require_POST
def remark_locked(request, pk):
    from observatory.archive import remarks

    remarks.append_locked(pk, request.POST["text"])
    return HttpResponse(status=204)


@require_POST
def wear_filter(request, name):
    observatory.nights.wear.add(Filter.objects.get(name=name), 30)
    return HttpResponse(status=204)


@require_POST
def wear_filter_stored(request, name):
    observatory.nights.wear.add_stored(Filter.objects.get(name=name), 30)
    return HttpResponse(status=204)
