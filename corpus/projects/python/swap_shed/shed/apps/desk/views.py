"""The pages of the desk."""
from django.db import transaction
from django.http import HttpResponse

from shed.core.loading import get_member, get_members

DeskView = get_member("desk.base", "DeskView")
Lending, Redemption = get_members("loans.lending", ["Lending", "Redemption"])


class LendView(DeskView):
    def post(self, request, pk):
        Lending().lend(pk)
        return HttpResponse()


class PassView(DeskView):
    def post(self, request, pk, code):
        Redemption().redeem(pk, code)
        return HttpResponse()


class ReturnView(DeskView):
    def post(self, request, pk):
        Tool = get_member("loans.models", "Tool")
        with transaction.atomic():
            tool = Tool.objects.select_for_update().get(pk=pk)
            tool.on_shelf += 1
            tool.save()
        return HttpResponse()


class MendView(DeskView):
    def post(self, request, pk):
        Tool = get_member("loans.models", "Tool")
        tool = Tool.objects.get(pk=pk)
        tool.on_shelf += 1
        tool.save()  # expect: lost-update  # reached: POST /desk/mend/<int:pk>/
        return HttpResponse()
