"""Jobs have a base that starts them; each is started elsewhere."""
from clinic.visits.models import Ward


class Job:
    def __init__(self, pk):
        self.pk = pk

    def run(self):
        raise NotImplementedError

    @classmethod
    def start(cls, pk):
        cls(pk).run()


class Recount(Job):
    def run(self):
        ward = Ward.objects.get(pk=self.pk)
        ward.recounts += 1
        ward.save(update_fields=["recounts"])  # expect: lost-update  # reached: POST /desk/recount/


class NightCount(Job):
    def run(self):
        ward = Ward.objects.get(pk=self.pk)
        ward.nights += 1
        ward.save(update_fields=["nights"])  # expect: lost-update  # reached: command count_nights
