from tannery.models import Hide


def take_from_shelf(pk):
    return Hide.objects.get(pk=pk)


def put_on_shelf(hide, shelf):
    hide.shelf = shelf
    hide.save()  # expect: stale-overwrite
