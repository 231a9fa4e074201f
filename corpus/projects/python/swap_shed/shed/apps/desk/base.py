"""What every page of the desk has."""
from django.views import View

from shed.core.loading import get_member

Lending = get_member("loans.lending", "Lending")


class DeskMixin:
    lending = Lending


class DeskView(DeskMixin, View):
    pass
