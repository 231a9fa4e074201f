"""Subscriptions: signals, managers, model methods and tasks on the same rows."""
from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.db.models.signals import post_save
from django.dispatch import receiver

logger = logging.getLogger(__name__)


class SubscriptionQuerySet(models.QuerySet):
    def active(self) -> "SubscriptionQuerySet":
        return self.filter(status="active")

    def locked(self) -> "SubscriptionQuerySet":
        return self.select_for_update()

    # case: id=py-dj-1060 label=safe tier=3 note=queryset method does a conditional update and returns its count
    def consume(self, pk: int, units: int) -> int:
        return self.filter(pk=pk, quota__gte=units).update(quota=F("quota") - units)


class SubscriptionManager(models.Manager.from_queryset(SubscriptionQuerySet)):
    def for_user(self, user: Any) -> "Subscription":
        return self.get_queryset().active().get(user=user)


class Subscription(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    status = models.CharField(max_length=12, default="active")
    quota = models.IntegerField(default=1000)
    renews_on = models.DateField()
    failures = models.IntegerField(default=0)
    invoice_total = models.IntegerField(default=0)

    objects = SubscriptionManager()

    class Meta:
        app_label = "subscriptions"

    @property
    def has_quota(self) -> bool:
        return self.status == "active" and self.quota > 0

    # case: id=py-dj-1061 label=race rule=lost-update tier=3 note=model method, caller charge_failed has an unlocked row
    def register_failure(self) -> None:
        self.failures += 1
        if self.failures >= 3:
            self.status = "suspended"
        self.save(update_fields=["failures", "status"])  # expect: lost-update

    # case: id=py-dj-1062 label=safe tier=3 note=model method, its only caller renew_due holds the row lock
    def roll_over(self, bonus: int) -> None:
        self.quota = min(self.quota + bonus, 5000)
        self.renews_on = self.renews_on + timedelta(days=30)
        self.save(update_fields=["quota", "renews_on"])

    # case: id=py-dj-1063 label=safe tier=3 note=self rebound to a locked row inside atomic
    def reactivate(self) -> bool:
        with transaction.atomic():
            self = type(self).objects.select_for_update().get(pk=self.pk)
            if self.status != "suspended":
                return False
            self.status = "active"
            self.failures = 0
            self.save(update_fields=["status", "failures"])
        return True


class Invoice(models.Model):
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="invoices")
    cents = models.IntegerField()
    sent = models.BooleanField(default=False)

    class Meta:
        app_label = "subscriptions"


# case: id=py-dj-1064 label=race rule=lost-update tier=2 note=post_save handler adds to the related row in Python
@receiver(post_save, sender=Invoice)
def add_to_total(sender: type[Invoice], instance: Invoice, created: bool, **kwargs: Any) -> None:
    if not created:
        return
    subscription = Subscription.objects.get(pk=instance.subscription_id)
    subscription.invoice_total += instance.cents
    subscription.save(update_fields=["invoice_total"])  # expect: lost-update


# case: id=py-dj-1065 label=safe tier=2 note=the same in one expression
@receiver(post_save, sender=Invoice, dispatch_uid="invoice-total")
def add_to_total_in_store(sender: type[Invoice], instance: Invoice, created: bool, **kwargs: Any) -> None:
    if created:
        Subscription.objects.filter(pk=instance.subscription_id).update(
            invoice_total=F("invoice_total") + instance.cents
        )


@shared_task
def charge_failed(subscription_id: int) -> None:
    subscription = Subscription.objects.get(pk=subscription_id)
    subscription.register_failure()


@shared_task
def renew_due(bonus: int = 250) -> int:
    renewed = 0
    with transaction.atomic():
        due = Subscription.objects.active().locked().filter(renews_on__lte=date.today())
        for subscription in due.order_by("pk"):
            subscription.roll_over(bonus)
            renewed += 1
    return renewed


# case: id=py-dj-1066 label=race rule=check-then-act tier=3 note=model property is the check, the decrement has no limit
@shared_task
def run_export(subscription_id: int, units: int) -> bool:
    subscription = Subscription.objects.get(pk=subscription_id)
    if not subscription.has_quota:
        return False
    Subscription.objects.filter(pk=subscription_id).update(quota=F("quota") - units)  # expect: check-then-act
    return True


# case: id=py-dj-1067 label=safe tier=3 note=guarded manager method, its count decides
@shared_task
def run_export_guarded(subscription_id: int, units: int) -> bool:
    if not Subscription.objects.consume(subscription_id, units):
        logger.info("subscription %s has no quota left", subscription_id)
        return False
    return True


# case: id=py-dj-1068 label=race rule=lost-update tier=3 note=custom manager method reads, plain atomic around it
@transaction.atomic
def gift_quota(user: Any, percent: int) -> int:
    subscription = Subscription.objects.for_user(user)
    subscription.quota += subscription.quota * percent // 100
    subscription.save(update_fields=["quota"])  # expect: lost-update
    return subscription.quota


# case: id=py-dj-1069 label=race rule=check-then-act tier=2 note=task tests a flag, calls out, then sets it
@shared_task(acks_late=True)
def send_invoice(invoice_id: int) -> None:
    invoice = Invoice.objects.select_related("subscription__user").get(pk=invoice_id)
    if invoice.sent:
        return
    invoice.subscription.user.email_user("Your invoice", f"{invoice.cents / 100:.2f}")
    invoice.sent = True
    invoice.save(update_fields=["sent"])  # expect: check-then-act


# case: id=py-dj-1070 label=safe tier=2 note=claim by conditional update first, act on its count
@shared_task(acks_late=True)
def send_invoice_once(invoice_id: int) -> bool:
    if not Invoice.objects.filter(pk=invoice_id, sent=False).update(sent=True):
        return False
    invoice = Invoice.objects.select_related("subscription__user").get(pk=invoice_id)
    invoice.subscription.user.email_user("Your invoice", f"{invoice.cents / 100:.2f}")
    return True
