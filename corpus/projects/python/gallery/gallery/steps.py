"""Steps in the life of a work: objects that are made and called."""
from gallery.models import Work


class Frame:
    def __call__(self, work: Work) -> None:
        work.prints += 1
        work.save(update_fields=["prints"])  # expect: lost-update


class Restore:
    """Made by a test alone since the workshop moved out."""

    def __call__(self, pk: int) -> None:
        work = Work.objects.get(pk=pk)
        work.catalogues += 1
        work.save(update_fields=["catalogues"])
