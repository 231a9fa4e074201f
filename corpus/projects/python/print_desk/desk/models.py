from django.db import models, transaction

from desk.drivers import driver_for


class Printer(models.Model):
    kind = models.CharField(max_length=20)
    address = models.CharField(max_length=100)

    def driver(self):
        return driver_for(self)

    def collect(self, job_id):
        with transaction.atomic():
            job = Job.objects.select_for_update().get(pk=job_id)
            if job.done:
                return
            answer = self.driver().collect(job)
            job.done = answer is not None
            job.save()

    def repeat(self, job_id):
        job = Job.objects.get(pk=job_id)
        self.driver().repeat(job)


class Job(models.Model):
    printer = models.ForeignKey(Printer, on_delete=models.CASCADE)
    number = models.IntegerField()
    pages = models.IntegerField(null=True)
    done = models.BooleanField(default=False)
    retried = models.BooleanField(default=False)
    looked_at = models.BooleanField(default=False)
    title = models.CharField(max_length=100, blank=True)
