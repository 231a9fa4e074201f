from gallery.models import Work
from gallery.steps import Restore


def test_postcards(work: Work):
    work.give_postcards(3)
    assert work.postcards == 7


def test_restore(work: Work):
    Restore()(work.pk)
    assert Work.objects.get(pk=work.pk).catalogues == 1
