"""Lending, step by step."""
from shed.core.loading import get_model

Tool = get_model("loans", "Tool")


class Lending:
    def lend(self, pk):
        tool = Tool.objects.get(pk=pk)
        tool.count_loan()
        self.take(tool)
        return tool

    def take(self, tool):
        tool.lend()


class Redemption:
    ticket_model = get_model("loans", "pass")

    def redeem(self, pk, code):
        ticket = self.ticket_model.objects.get(code=code)
        if not ticket.is_free():
            raise ValueError("used already")
        ticket.record(Tool.objects.get(pk=pk))  # expect: check-then-create  # reached: POST /desk/pass/<int:pk>/<str:code>/
