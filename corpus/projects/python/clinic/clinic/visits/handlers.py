from clinic.visits.models import Ward


def count_change(sender, instance, **kwargs):
    """Connected when the application is ready, by a function that imports it there."""
    ward = Ward.objects.get(pk=instance.ward_id)
    ward.changes += 1
    ward.save(update_fields=["changes"])  # expect: lost-update  # reached: signal clinic.visits.handlers.count_change
