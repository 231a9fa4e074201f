from celery import shared_task

from .models import Crate


@shared_task
def reweigh(pk, delta):
    crate = Crate.objects.get(pk=pk)
    crate.weight = crate.weight + delta
    crate.save(update_fields=["weight"])  # expect: lost-update  # reached: task depot.stock.tasks.reweigh
