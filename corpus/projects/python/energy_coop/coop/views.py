from django.db import transaction
from django.http import HttpResponse
from django.views import View

from .market import Market
from .models import Roof, Share
from .running import held, in_transaction
from .settle import HeldSettlement, Settlement, drained
from .sums import spread, spread_stored


class RoofView(View):
    """The base of the views of one roof."""

    def post(self, request, pk):
        self.act(request, pk)
        return HttpResponse(status=204)

    def act(self, request, pk):
        raise NotImplementedError


class DrawView(RoofView):
    def act(self, request, pk):
        Roof.objects.get(pk=pk).draw(int(request.POST["units"]))


class HeldDrawView(RoofView):
    def act(self, request, pk):
        with held(Roof, pk) as roof:
            roof.draw(int(request.POST["units"]))


class CloseView(RoofView):
    def act(self, request, pk):
        roof = Roof.objects.get(pk=pk)
        roof.close()


class HeldCloseView(RoofView):
    def post(self, request, pk):
        with transaction.atomic():
            return super().post(request, pk)

    def act(self, request, pk):
        Roof.objects.select_for_update().get(pk=pk).close()


class GrowView(View):
    def post(self, request, pk):
        def work():
            share = Share.objects.select_for_update().get(pk=pk)
            share.grow(5)

        in_transaction(work)
        return HttpResponse(status=204)


class SpreadView(RoofView):
    def act(self, request, pk):
        spread(Roof.objects.get(pk=pk), 5)


class StoredSpreadView(RoofView):
    def act(self, request, pk):
        spread_stored(pk, 5)


class OfferView(View):
    market = Market()

    def post(self, request, pk):
        self.market.take(pk, request.user.username)
        return HttpResponse(status=204)

    def put(self, request, pk):
        self.market.take_held(pk, request.user.username)
        return HttpResponse(status=204)

    def patch(self, request, pk):
        self.market.split(pk, 5)
        return HttpResponse(status=204)


class SettleView(RoofView):
    def act(self, request, pk):
        Settlement(pk).run()


class HeldSettleView(RoofView):
    def act(self, request, pk):
        HeldSettlement(pk).run()


def drain(request):
    drained(request.POST.getlist("roof"))
    return HttpResponse(status=204)
