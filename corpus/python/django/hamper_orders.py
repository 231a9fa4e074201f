"""Hampers of a farm shop: an order is made of what lies in a hamper, which the customer may fill on the way."""
from functools import cached_property

from django.core.cache import cache
from django.db import models, transaction
from django.db.models import Sum
from django.http import JsonResponse


class Hamper(models.Model):
    customer = models.IntegerField()
    revision = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)

    _lines = None

    def sum_of_lines(self):
        return sum(line.price * line.amount for line in self.lines.all())

    def kept_lines(self):
        if self._lines is None:
            self._lines = self.lines.select_related("hamper").order_by("pk")
        return self._lines

    def listed_lines(self):
        if not hasattr(self, "_listed"):
            self._listed = list(self.lines.all())
        return self._listed

    @cached_property
    def good_lines(self):
        return list(self.lines.filter(spoilt=False))

    def cached_lines(self):
        lines = cache.get(f"hamper-{self.pk}")
        if lines is None:
            lines = HamperLine.objects.filter(hamper=self, spoilt=False)
            cache.set(f"hamper-{self.pk}", lines)
        return lines

    def cached_sum(self):
        total = 0
        for line in self.cached_lines():
            total += line.price * line.amount
        return total


class HamperLine(models.Model):
    hamper = models.ForeignKey(Hamper, related_name="lines", on_delete=models.CASCADE)
    product = models.CharField(max_length=40)
    price = models.PositiveIntegerField()
    amount = models.PositiveIntegerField(default=1)
    spoilt = models.BooleanField(default=False)


class FarmOrder(models.Model):
    customer = models.IntegerField()
    sum = models.PositiveIntegerField()
    pieces = models.PositiveIntegerField(default=0)


class FarmOrderLine(models.Model):
    order = models.ForeignKey(FarmOrder, related_name="lines", on_delete=models.CASCADE)
    product = models.CharField(max_length=40)
    price = models.PositiveIntegerField()


class PriceList(models.Model):
    name = models.CharField(max_length=40, unique=True)
    surcharge = models.PositiveIntegerField()


def fill(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    HamperLine.objects.create(hamper=hamper, product=request.POST["product"], price=int(request.POST["price"]))
    return JsonResponse({})


def take_out(request, pk):
    HamperLine.objects.filter(hamper_id=pk, product=request.POST["product"]).delete()
    return JsonResponse({})


def reprice(request, name):
    PriceList.objects.filter(name=name).update(surcharge=int(request.POST["surcharge"]))
    return JsonResponse({})


# The sum is that of one read, the lines are those of another; a transaction changes nothing about it.
@transaction.atomic
def place(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.sum_of_lines())
    for line in hamper.lines.all():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)  # expect: read-skew
    return JsonResponse({"order": order.pk})


# The store adds it up: that is a read of its own.
def place_added_up(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    added = HamperLine.objects.filter(hamper=hamper).aggregate(total=Sum("price"))
    order = FarmOrder(customer=hamper.customer, sum=added["total"])
    order.save()
    rows = [
        FarmOrderLine(order=order, product=line.product, price=line.price)
        for line in HamperLine.objects.filter(hamper=hamper)
    ]
    FarmOrderLine.objects.bulk_create(rows)  # expect: read-skew
    return JsonResponse({"order": order.pk})


# Both go into one row.
def place_counted(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(  # expect: read-skew
        customer=hamper.customer,
        sum=hamper.sum_of_lines(),
        pieces=hamper.lines.count(),
    )
    return JsonResponse({"order": order.pk})


# A cache between does not help: whoever fills the hamper may empty it as well.
def place_from_cache(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.cached_sum())
    for line in hamper.cached_lines():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)  # expect: read-skew
    return JsonResponse({"order": order.pk})


# The lock comes with the second read: the sum is from before.
def place_locked_late(request, pk):
    with transaction.atomic():
        hamper = Hamper.objects.get(pk=pk)
        order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.sum_of_lines())
        for line in hamper.lines.select_for_update():
            FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)  # expect: read-skew
    return JsonResponse({"order": order.pk})


# The hamper is locked first; nobody else comes in between who locks it as well.
def place_locked(request, pk):
    with transaction.atomic():
        hamper = Hamper.objects.select_for_update().get(pk=pk)
        order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.sum_of_lines())
        for line in hamper.lines.all():
            FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# Read once.
def place_listed(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    lines = list(hamper.lines.all())
    order = FarmOrder.objects.create(customer=hamper.customer, sum=sum(line.price for line in lines))
    for line in lines:
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# The rows of a query are read once, however often one goes through them.
def place_queried(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    lines = hamper.lines.filter(spoilt=False)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=sum(line.price for line in lines))
    for line in lines:
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# They come along with the hamper.
def place_loaded(request, pk):
    hamper = Hamper.objects.prefetch_related("lines__hamper").get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.sum_of_lines())
    for line in hamper.lines.all():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# What comes along is not what is asked for under another condition.
def place_loaded_in_part(request, pk):
    hamper = Hamper.objects.prefetch_related("lines").get(pk=pk)
    total = sum(line.price for line in hamper.lines.filter(spoilt=False))
    order = FarmOrder.objects.create(customer=hamper.customer, sum=total)
    for line in hamper.lines.filter(spoilt=False):
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)  # expect: read-skew
    return JsonResponse({"order": order.pk})


# The hamper keeps them.
def place_kept(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=sum(line.price for line in hamper.kept_lines()))
    for line in hamper.kept_lines():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


def place_kept_listed(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=sum(line.price for line in hamper.listed_lines()))
    for line in hamper.listed_lines():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


def place_remembered(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=sum(line.price for line in hamper.good_lines))
    for line in hamper.good_lines:
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# The two are compared, and the order is given up where they differ.
def place_compared(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    total = hamper.sum_of_lines()
    lines = list(hamper.lines.all())
    if sum(line.price * line.amount for line in lines) != total:
        return JsonResponse({"error": "changed"}, status=409)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=total)
    for line in lines:
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    return JsonResponse({"order": order.pk})


# The revision that was read is compared in the end, and everything taken back where it has moved on.
def place_by_revision(request, pk):
    with transaction.atomic():
        hamper = Hamper.objects.get(pk=pk)
        order = FarmOrder.objects.create(customer=hamper.customer, sum=hamper.sum_of_lines())
        for line in hamper.lines.all():
            FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
        same = Hamper.objects.filter(pk=pk, revision=hamper.revision).update(revision=hamper.revision + 1)
        if not same:
            raise RuntimeError("the hamper was changed")
    return JsonResponse({"order": order.pk})


# The run itself has changed the lines in between.
def place_rounded(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    before = hamper.sum_of_lines()
    HamperLine.objects.filter(hamper=hamper, spoilt=True).delete()
    order = FarmOrder.objects.create(customer=hamper.customer, sum=before, pieces=hamper.lines.count())
    return JsonResponse({"order": order.pk})


# The lines of an order that was made here are nobody else's yet.
def place_summed(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=hamper.customer, sum=0)
    for line in hamper.lines.all():
        FarmOrderLine.objects.create(order=order, product=line.product, price=line.price)
    order.sum = sum(line.price for line in order.lines.all())
    order.pieces = order.lines.count()
    order.save(update_fields=["sum", "pieces"])
    return JsonResponse({"order": order.pk})


# Shown, not stored.
def show(request, pk):
    hamper = Hamper.objects.get(pk=pk)
    lines = [line.product for line in hamper.lines.all()]
    return JsonResponse({"sum": hamper.sum_of_lines(), "lines": lines})


# What is the same for everybody is a setting.
def place_empty(request, customer):
    first = PriceList.objects.get(name="standard").surcharge
    second = PriceList.objects.get(name="standard").surcharge
    order = FarmOrder.objects.create(customer=customer, sum=first, pieces=second)
    return JsonResponse({"order": order.pk})


# Who the customer is does not change.
def place_for(request, pk):
    mine = Hamper.objects.get(pk=pk)
    again = Hamper.objects.get(pk=pk)
    order = FarmOrder.objects.create(customer=mine.customer, sum=again.customer)
    return JsonResponse({"order": order.pk})
