from gallery.models import Work


def test_postcards(work: Work):
    work.give_postcards(3)
    assert work.postcards == 7
