"""What may be asked of a press; what changes it waits in the queue."""
import inspect

from pulpcore.plugin.tasking import dispatch
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from press.app import tasks
from press.app.models import Plate, Press


class PressViewSet(viewsets.GenericViewSet):
    queryset = Press.objects.all()
    pause_task = tasks.pause

    @action(detail=True, methods=["post"])
    def run(self, request, pk):
        press = self.get_object()
        task_kwargs = {"press_pk": str(press.pk), "sheets": request.data["sheets"]}
        task = dispatch(tasks.print_sheets, exclusive_resources=[press], kwargs=task_kwargs)
        return Response({"task": task.pk})

    @action(detail=True, methods=["post"])
    def rerun(self, request, pk):
        press = self.get_object()
        task = dispatch(
            tasks.print_sheets,
            exclusive_resources=[press],
            args=(pk, request.data["sheets"]),
        )
        return Response({"task": task.pk})

    @action(detail=True, methods=["post"])
    def clean(self, request, pk):
        press = self.get_object()
        task = dispatch(tasks.clean, exclusive_resources=[press], args=(press.pk,))
        return Response({"task": task.pk})

    @action(detail=False, methods=["post"])
    def clean_all(self, request):
        for press in Press.objects.all():
            dispatch(tasks.clean, shared_resources=[press], args=(press.pk,))
        return Response({})

    @action(detail=True, methods=["post"])
    def oil(self, request, pk):
        press = self.get_object()
        if request.data.get("now"):
            tasks.oil(press.pk)
            return Response({})
        task = dispatch(tasks.oil, exclusive_resources=[press], args=(press.pk,))
        return Response({"task": task.pk})

    @action(detail=True, methods=["post"])
    def transfer(self, request, pk):
        press = self.get_object()
        task = dispatch(
            tasks.hand_over,
            exclusive_resources=[press],
            args=(press.pk, request.data["to"]),
        )
        return Response({"task": task.pk})

    @action(detail=True, methods=["post"])
    def pause(self, request, pk):
        press = self.get_object()
        kwargs = {"press_pk": pk}
        if "hours" in inspect.signature(self.pause_task).parameters:
            kwargs["hours"] = request.data["hours"]
        task = dispatch(self.pause_task, exclusive_resources=[press], kwargs=kwargs)
        return Response({"task": task.pk})


class PlateViewSet(viewsets.GenericViewSet):
    queryset = Plate.objects.all()

    @action(detail=True, methods=["post"])
    def wear(self, request, pk):
        plate = self.get_object()
        task = dispatch(
            tasks.wear,
            exclusive_resources=[plate.press],
            kwargs={"plate_pk": plate.pk, "by": request.data["by"]},
        )
        return Response({"task": task.pk})

    @action(detail=True, methods=["post"])
    def book(self, request, pk):
        sheets = request.data["sheets"]
        dispatch(tasks.book, exclusive_resources=["ledger"], args=(sheets,))
        dispatch(tasks.book_spoilt, exclusive_resources=["ledger"], args=(sheets,))
        return Response({})

    @action(detail=True, methods=["post"])
    def spoil(self, request, pk):
        dispatch(
            tasks.book_spoilt,
            exclusive_resources=["spoilt"],
            args=(request.data["sheets"],),
        )
        return Response({})
