"""Kiosks: locks in a cache, taken by hand, by `with`, or only tried for."""
from __future__ import annotations

import redis
from celery import shared_task
from django.core.cache import cache
from django.db import models
from django.utils import timezone

client = redis.Redis.from_url("redis://cache")


class Kiosk(models.Model):
    float_cents = models.IntegerField(default=0)
    refreshed_at = models.DateTimeField()
    slug = models.CharField(max_length=20)

    class Meta:
        app_label = "kiosks"


# case: id=py-dj-3000 label=safe tier=2 note=lock tried by hand, left where it is not got
@shared_task
def count_float(kiosk_id: int, cents: int) -> None:
    lock = cache.lock("kiosk-float", timeout=60)
    if not lock.acquire(blocking=False):
        return
    try:
        kiosk = Kiosk.objects.get(pk=kiosk_id)
        kiosk.float_cents += cents
        kiosk.save(update_fields=["float_cents"])
    finally:
        lock.release()


# case: id=py-dj-3001 label=race rule=lost-update tier=2 note=lock tried, the answer ignored
@shared_task
def count_float_hastily(kiosk_id: int, cents: int) -> None:
    lock = cache.lock("kiosk-float", timeout=60)
    lock.acquire(blocking=False)
    kiosk = Kiosk.objects.get(pk=kiosk_id)
    kiosk.float_cents += cents
    kiosk.save(update_fields=["float_cents"])  # expect: lost-update
    lock.release()


# case: id=py-dj-3002 label=safe tier=1 note=with waits for the lock
@shared_task
def pay_out(kiosk_id: int, cents: int) -> None:
    with client.lock(f"kiosk:{kiosk_id}", timeout=30):
        kiosk = Kiosk.objects.get(pk=kiosk_id)
        kiosk.float_cents -= cents
        kiosk.save(update_fields=["float_cents"])


# case: id=py-dj-3003 label=race rule=lost-update tier=2 note=the write comes after the lock
@shared_task
def pay_out_late(kiosk_id: int, cents: int) -> None:
    with client.lock(f"kiosk:{kiosk_id}", timeout=30):
        kiosk = Kiosk.objects.get(pk=kiosk_id)
    kiosk.float_cents -= cents
    kiosk.save(update_fields=["float_cents"])  # expect: lost-update


# case: id=py-dj-3004 label=safe tier=2 note=SET NX says whether it was set
@shared_task
def settle(kiosk_id: int) -> None:
    key = f"kiosk-settle:{kiosk_id}"
    if not client.set(key, "1", nx=True, ex=60):
        return
    kiosk = Kiosk.objects.get(pk=kiosk_id)
    kiosk.float_cents = kiosk.float_cents // 100 * 100
    kiosk.save(update_fields=["float_cents"])


# case: id=py-dj-3005 label=race rule=lost-update tier=2 note=whoever does not get the lock goes the same way
@shared_task
def settle_anyway(kiosk_id: int) -> None:
    if client.set(f"kiosk-settle:{kiosk_id}", "1", nx=True, ex=60):
        print("first")
    kiosk = Kiosk.objects.get(pk=kiosk_id)
    kiosk.float_cents = kiosk.float_cents // 100 * 100
    kiosk.save(update_fields=["float_cents"])  # expect: lost-update


# case: id=py-dj-3006 label=safe tier=3 note=late comers are turned away until the key expires; without a slug there is nothing to lock
def refresh(kiosk_id: int) -> bool:
    kiosk = Kiosk.objects.get(pk=kiosk_id)
    if kiosk.refreshed_at > timezone.now():
        return False
    slug = kiosk.slug.strip()
    if slug and not cache.add(f"kiosk-refresh:{slug}", True, timeout=300):
        return True
    Kiosk.objects.filter(pk=kiosk.pk).update(refreshed_at=timezone.now())
    return True


# case: id=py-dj-3007 label=race rule=non-atomic-lock tier=1 note=flag looked for, then set
@shared_task
def mail_report(kiosk_id: int) -> None:
    key = f"kiosk-mail:{kiosk_id}"
    if client.exists(key):
        return
    client.set(key, "1", ex=3600)  # expect: non-atomic-lock
    Kiosk.objects.filter(pk=kiosk_id).update(slug="mailed")


# case: id=py-dj-3008 label=safe tier=2 note=a computed value is remembered, not a flag
def total_of(kiosk_id: int) -> int:
    key = f"kiosk-total:{kiosk_id}"
    total = cache.get(key)
    if total is None:
        total = Kiosk.objects.get(pk=kiosk_id).float_cents
        cache.set(key, total, timeout=60)
    return total


# case: id=py-dj-3009 label=safe tier=2 note=set when the work is done: it says so, nobody is kept out by it
@shared_task
def touch_once(kiosk_id: int) -> None:
    key = f"kiosk-touched:{kiosk_id}"
    if cache.get(key):
        return
    Kiosk.objects.filter(pk=kiosk_id).update(refreshed_at=timezone.now())
    cache.set(key, 1, timeout=3600)


# case: id=py-dj-3010 label=safe tier=2 note=an answer that two may get is no work that only one may do
def greeting(kiosk_id: int) -> str:
    key = f"kiosk-greeted:{kiosk_id}"
    if not cache.get(key):
        cache.set(key, 1, timeout=60)
        return "welcome"
    return "welcome back"
