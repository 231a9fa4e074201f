from celery import shared_task

from desk.models import Job, Printer


@shared_task
def collect(printer_id, job_id):
    Printer.objects.get(pk=printer_id).collect(job_id)


@shared_task
def repeat(printer_id, job_id):
    Printer.objects.get(pk=printer_id).repeat(job_id)


@shared_task
def rename(job_id, title):
    Job.objects.filter(pk=job_id).update(title=title)
