"""Shop front: purchase, customer registration and store-credit transfers."""
from __future__ import annotations

import json
import logging
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.db import IntegrityError, models, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)


class Customer(models.Model):
    username = models.CharField(max_length=60)
    email = models.EmailField()
    password_hash = models.CharField(max_length=128, blank=True)

    class Meta:
        app_label = "shop"


class Handle(models.Model):
    """Public names; each may be taken once."""

    slug = models.SlugField(max_length=60, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)

    class Meta:
        app_label = "shop"


class Product(models.Model):
    name = models.CharField(max_length=120)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.IntegerField(default=0)

    class Meta:
        app_label = "shop"


class Purchase(models.Model):
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT)
    quantity = models.IntegerField()
    total = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        app_label = "shop"


class CreditAccount(models.Model):
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE)
    balance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        app_label = "shop"


class InsufficientCredit(Exception):
    pass


# case: id=py-dj-1001 label=race rule=lost-update tier=1 note=stock read, tested and written back in a view
@login_required
@require_POST
def purchase(request: HttpRequest, product_id: int) -> HttpResponse:
    quantity = int(request.POST.get("quantity", "1"))
    product = get_object_or_404(Product, pk=product_id)
    if product.stock < quantity:
        return JsonResponse({"error": "out of stock"}, status=409)
    product.stock -= quantity
    product.save()  # expect: lost-update
    logger.info("%s bought %d of %s", request.user, quantity, product.name)
    return JsonResponse({"left": product.stock})


# case: id=py-dj-1002 label=safe tier=1 note=limit in the filter, row count decides before the purchase row is made
@login_required
@require_POST
@transaction.atomic
def purchase_guarded(request: HttpRequest, product_id: int) -> HttpResponse:
    quantity = int(request.POST.get("quantity", "1"))
    product = get_object_or_404(Product, pk=product_id)
    sold = Product.objects.filter(pk=product.pk, stock__gte=quantity).update(stock=F("stock") - quantity)
    if not sold:
        return JsonResponse({"error": "out of stock"}, status=409)
    customer = get_object_or_404(Customer, username=request.user.get_username())
    row = Purchase.objects.create(
        product=product, customer=customer, quantity=quantity, total=product.price * quantity
    )
    return JsonResponse({"purchase": row.pk}, status=201)


# case: id=py-dj-1003 label=race rule=check-then-act tier=1 note=unlocked check, atomic decrement without the limit
@login_required
@require_POST
def purchase_counted(request: HttpRequest, product_id: int) -> HttpResponse:
    quantity = int(json.loads(request.body)["quantity"])
    product = get_object_or_404(Product, pk=product_id)
    if quantity <= 0 or product.stock < quantity:
        return HttpResponse(status=409)
    Product.objects.filter(pk=product.pk).update(stock=F("stock") - quantity)  # expect: check-then-act
    return HttpResponse(status=204)


# case: id=py-dj-1004 label=race rule=check-then-create tier=1 note=two existence checks, neither column is unique
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    username = request.POST["username"].strip()
    email = request.POST["email"].strip().lower()
    if Customer.objects.filter(username=username).exists():
        return JsonResponse({"username": "taken"}, status=400)
    if Customer.objects.filter(email=email).exists():
        return JsonResponse({"email": "in use"}, status=400)
    customer = Customer.objects.create(username=username, email=email)  # expect: check-then-create
    return JsonResponse({"id": customer.pk}, status=201)


# case: id=py-dj-1005 label=safe tier=2 note=check for the message, unique slug and IntegrityError decide
@login_required
@require_POST
def claim_handle(request: HttpRequest, customer_id: int) -> HttpResponse:
    slug = request.POST["slug"].lower()
    if Handle.objects.filter(slug=slug).exists():
        return JsonResponse({"slug": "taken"}, status=409)
    try:
        with transaction.atomic():
            Handle.objects.create(slug=slug, customer_id=customer_id)
    except IntegrityError:
        return JsonResponse({"slug": "taken"}, status=409)
    return JsonResponse({"slug": slug}, status=201)


# case: id=py-dj-1006 label=race rule=lost-update tier=1 note=transfer inside plain atomic, both balances computed in Python
@transaction.atomic
def transfer_credit(source_id: int, target_id: int, amount: Decimal) -> None:
    source = CreditAccount.objects.get(pk=source_id)
    target = CreditAccount.objects.get(pk=target_id)
    if source.balance < amount:
        raise InsufficientCredit(source_id)
    source.balance -= amount
    target.balance += amount
    source.save()  # expect: lost-update
    target.save()  # expect: lost-update


# case: id=py-dj-1007 label=safe tier=1 note=conditional debit with row count, plain credit by expression
def transfer_credit_by_expression(source_id: int, target_id: int, amount: Decimal) -> None:
    with transaction.atomic():
        debited = CreditAccount.objects.filter(pk=source_id, balance__gte=amount).update(
            balance=F("balance") - amount
        )
        if debited != 1:
            raise InsufficientCredit(source_id)
        credited = CreditAccount.objects.filter(pk=target_id).update(balance=F("balance") + amount)
        if credited != 1:
            raise CreditAccount.DoesNotExist(target_id)


# case: id=py-dj-1008 label=safe tier=2 note=both rows locked in key order by one query, then tested
def transfer_credit_locked(source_id: int, target_id: int, amount: Decimal) -> Decimal:
    with transaction.atomic():
        locked = CreditAccount.objects.select_for_update().filter(pk__in=[source_id, target_id])
        accounts = {account.pk: account for account in locked.order_by("pk")}
        source, target = accounts[source_id], accounts[target_id]
        if source.balance < amount:
            raise InsufficientCredit(source_id)
        source.balance -= amount
        target.balance += amount
        source.save(update_fields=["balance"])
        target.save(update_fields=["balance"])
    return source.balance


# case: id=py-dj-1009 label=race rule=read-before-lock tier=2 note=balance read before the lock is the one that is written
def refund_to_credit(customer_id: int, amount: Decimal) -> Decimal:
    stale = CreditAccount.objects.get(customer_id=customer_id)
    fresh_total = stale.balance + amount
    with transaction.atomic():
        account = CreditAccount.objects.select_for_update().get(pk=stale.pk)
        account.balance = fresh_total
        account.save(update_fields=["balance"])  # expect: read-before-lock
    return fresh_total


# case: id=py-dj-1010 label=safe tier=2 note=unlocked read is only a 404 and a log line
def grant_goodwill(customer_id: int, amount: Decimal) -> None:
    account = get_object_or_404(CreditAccount, customer_id=customer_id)
    logger.info("goodwill of %s on top of %s", amount, account.balance)
    CreditAccount.objects.filter(pk=account.pk).update(balance=F("balance") + amount)
