import django_rq
from django.http import HttpResponse
from django.views import View
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from clinic.visits import counts
from clinic.visits.jobs import Recount
from clinic.visits.models import Ward


def admit(request):
    counts.add_admission(request.POST["ward"])
    queue = django_rq.get_queue("letters")
    queue.enqueue(counts.send_letter, request.POST["ward"])
    return HttpResponse()


def readmit(request):
    if request.POST.get("again"):
        counts.add_admission(request.POST["ward"])
    return HttpResponse()


def import_visits(request):
    add = counts.ImportVisits(request.POST["ward"])
    add(request.POST.getlist("rows"))
    return HttpResponse()


class BillView(View):
    def get(self, request):
        return HttpResponse()

    def post(self, request):
        self._bill(request.POST["ward"])
        return HttpResponse()

    def _bill(self, pk):
        ward = Ward.objects.get(pk=pk)
        ward.billed += 1
        ward.save(update_fields=["billed"])  # expect: lost-update  # reached: POST /desk/bill/


class RecountView(View):
    def post(self, request):
        Recount.start(request.POST["ward"])
        return HttpResponse()


class WardViewSet(viewsets.GenericViewSet):
    queryset = Ward.objects.all()
    lookup_field = "slug"

    @action(detail=True, methods=["post"])
    def free(self, request, slug=None):
        ward = Ward.objects.get(slug=slug)
        ward.free += 1
        ward.save(update_fields=["free"])  # expect: lost-update  # reached: POST /api/wards/<slug>/free/
        return Response()


class BedViewSet(viewsets.ViewSet):
    def create(self, request, ward_pk=None):
        ward = Ward.objects.get(pk=ward_pk)
        ward.beds += 1
        ward.save(update_fields=["beds"])  # expect: lost-update  # reached: POST /api/wards/<parent>/beds/
        return Response()
