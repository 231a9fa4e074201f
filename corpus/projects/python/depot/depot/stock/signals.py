from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Audit, Bin


@receiver(post_save, sender=Bin)
def count_change(sender, instance, **kwargs):
    audit = Audit.objects.get(bin_id=instance.pk)
    audit.changes = audit.changes + 1
    audit.save(update_fields=["changes"])  # expect: lost-update  # reached: signal depot.stock.signals.count_change
