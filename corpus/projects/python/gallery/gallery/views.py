from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from gallery.models import Room, Work
from gallery.steps import Frame


def work_page(request, pk):
    return render(request, "gallery/work.html", {"work": get_object_or_404(Work, pk=pk)})


def order(request, pk, kind):
    get_object_or_404(Work, pk=pk).order(kind)
    return HttpResponse(status=204)


def frame(request, pk):
    Frame()(get_object_or_404(Work, pk=pk))
    return HttpResponse(status=204)


def labels(request, pk):
    room = get_object_or_404(Room, pk=pk)
    return HttpResponse(f"{room.name} {room.last_moved:%d.%m.%Y}")


def old_labels(request, pk):
    """Stands in no list of paths any more."""
    room = Room.objects.get(pk=pk)
    room.renamed += 1
    room.save(update_fields=["renamed"])
    return HttpResponse(room.name)
