from django.db.models import F
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views import View
from django.views.decorators.http import require_http_methods, require_POST

from .models import Bin


@require_POST
def take(request, pk):
    bin = get_object_or_404(Bin, pk=pk)
    bin.take(int(request.POST["n"]))
    return HttpResponse(status=204)


@require_POST
def take_safely(request, pk):
    n = int(request.POST["n"])
    if not Bin.objects.filter(pk=pk, pieces__gte=n).update(pieces=F("pieces") - n):
        return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_http_methods(["GET", "PUT"])
def count(request, pk):
    bin = Bin.objects.get(pk=pk)
    if request.method == "PUT":
        bin.pieces = bin.pieces + int(request.GET["found"])
        bin.save(update_fields=["pieces"])  # expect: lost-update  # reached: GET|PUT /stock/bins/<int:pk>/count/
    return JsonResponse({"pieces": bin.pieces})


class MoveView(View):
    def get(self, request, pk):
        return JsonResponse({"pieces": Bin.objects.get(pk=pk).pieces})

    def post(self, request, pk):
        bin = Bin.objects.get(pk=pk)
        self.move(bin, int(request.POST["n"]))
        return HttpResponse(status=204)

    def move(self, bin, n):
        bin.pieces = bin.pieces + n
        bin.save(update_fields=["pieces"])  # expect: lost-update  # reached: POST /stock/bins/<int:pk>/move/
