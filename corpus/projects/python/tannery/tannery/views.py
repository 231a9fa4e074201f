from django.http import HttpResponse
from django.views.decorators.http import require_POST

from tannery.guards import AllOrNothing, Within
from tannery.models import Hide
from tannery.work import put_on_shelf, take_from_shelf
from tannery.work.making import TANS, run, run_held, set_grade, soak_for_a_day


@require_POST
def cut(request, pk):
    hide = Hide.objects.get(pk=pk)
    hide.area -= int(request.POST["area"])
    hide.save(update_fields=["area"])  # expect: lost-update
    return HttpResponse(status=204)


@AllOrNothing
def cut_held(request, pk):
    hide = Hide.objects.select_for_update().get(pk=pk)
    hide.area -= int(request.POST["area"])
    hide.save(update_fields=["area"])
    return HttpResponse(status=204)


@Within(using="default")
def trim_held(request, pk):
    hide = Hide.objects.select_for_update().get(pk=pk)
    hide.area -= 1
    hide.save(update_fields=["area"])
    return HttpResponse(status=204)


@Within()
def trim(request, pk):
    hide = Hide.objects.get(pk=pk)
    hide.area -= 1
    hide.save(update_fields=["area"])  # expect: lost-update
    return HttpResponse(status=204)


@require_POST
def soak(request, pk):
    soak_for_a_day(pk)
    return HttpResponse(status=204)


@require_POST
def grade(request, pk):
    set_grade(pk, request.POST["grade"])
    return HttpResponse(status=204)


@require_POST
def tan(request, pk):
    TANS[request.POST["with"]](pk)
    return HttpResponse(status=204)


@require_POST
def treat(request, pk):
    run(pk, 2)
    return HttpResponse(status=204)


@require_POST
def treat_held(request, pk):
    run_held(pk, 2)
    return HttpResponse(status=204)


@require_POST
def move(request, pk):
    put_on_shelf(take_from_shelf(pk), request.POST["shelf"])
    return HttpResponse(status=204)


@require_POST
def fold(request, pk):
    hide = take_from_shelf(pk)
    hide.area = hide.area // 2
    hide.save(update_fields=["area"])  # expect: lost-update
    return HttpResponse(status=204)
