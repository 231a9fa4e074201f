"""Printers that answer by themselves."""
from desk.drivers.wire import ask
from desk.models import Job


class Driver:
    def __init__(self, printer):
        self.printer = printer

    def collect(self, job):
        answer = ask(self.printer.address, job.number)
        job.pages = answer["pages"]
        job.save()
        return answer

    def repeat(self, job):
        ask(self.printer.address, job.number)
        job.retried = True
        job.save()  # expect: stale-overwrite

    def waiting(self):
        return Job.objects.filter(printer=self.printer, done=False).count()
