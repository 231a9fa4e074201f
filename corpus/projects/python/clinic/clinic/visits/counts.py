from clinic.visits.models import Ward


def add_admission(pk):
    """Called by two views, of which one goes through another function."""
    ward = Ward.objects.get(pk=pk)
    ward.admitted += 1
    ward.save(update_fields=["admitted"])  # expect: lost-update  # reached: /desk/admit/, /desk/readmit/


class ImportVisits:
    """An object that is called like a function."""

    def __init__(self, ward):
        self.ward = ward

    def __call__(self, rows):
        ward = Ward.objects.get(pk=self.ward)
        ward.imported += len(rows)
        ward.save(update_fields=["imported"])  # expect: lost-update  # reached: /desk/import/, command import_visits


def send_letter(pk):
    """A job of a queue."""
    ward = Ward.objects.get(pk=pk)
    ward.letters += 1
    ward.save(update_fields=["letters"])  # expect: lost-update  # reached: task clinic.visits.counts.send_letter
