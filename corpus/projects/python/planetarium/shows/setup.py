"""What every installation has from the beginning: put there when the database is migrated."""
from django.conf import settings
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from shows.models import Dome, Projector, Tariff


# case: id=py-dj-8301 label=safe tier=2 note=connected to post_migrate: a part of migrations
def ensure_tariff(sender, **kwargs):
    tariff, created = Tariff.objects.get_or_create(name="evening")
    if not tariff.edited and tariff.price != settings.EVENING_PRICE:
        tariff.price = settings.EVENING_PRICE
        tariff.save()


# case: id=py-dj-8302 label=safe tier=2 note=a receiver of post_migrate: a part of migrations
@receiver(post_migrate)
def ensure_seats(sender, **kwargs):
    dome = Dome.objects.get(name="great dome")
    if dome.seats < settings.EVENING_SEATS:
        dome.seats = dome.seats + 10
        dome.save(update_fields=["seats"])


# case: id=py-dj-8303 label=race rule=lost-update tier=2 note=connected to post_migrate, and called by a view as well
def recount_lamps(sender=None, **kwargs):
    for projector in Projector.objects.all():
        projector.lamp_hours = projector.lamp_hours + 1
        projector.save(update_fields=["lamp_hours"])  # expect: lost-update


@receiver(post_migrate)
def ensure_domes(sender, **kwargs):
    adjust_domes(["great dome", "small dome"])


# case: id=py-dj-8305 label=race rule=lost-update tier=2 note=called at a migration, and given to others to call
def adjust_domes(names):
    for name in names:
        dome = Dome.objects.get(name=name)
        dome.seats = dome.seats + 1
        dome.save(update_fields=["seats"])  # expect: lost-update
