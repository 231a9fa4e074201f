from django.http import HttpResponse
from rest_framework import generics, mixins, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .models import Plot, Shed, Tool


def open_gate(request, pk):
    plot = Plot.objects.get(pk=pk)
    plot.opened = plot.opened + 1
    plot.save(update_fields=["opened"])  # expect: lost-update  # reached: /gates/<int:pk>/open/
    return HttpResponse(status=204)


class PlotViewSet(viewsets.ModelViewSet):
    queryset = Plot.objects.all()

    def get_object(self):
        plot = Plot.objects.get(pk=self.kwargs["pk"])
        plot.lent = plot.lent + 1
        plot.save(update_fields=["lent"])  # expect: lost-update  # reached: GET|PUT|PATCH|DELETE /api/plots/<pk>
        return plot

    @action(["post"], True)
    def water(self, request, pk=None):
        plot = Plot.objects.get(pk=pk)
        plot.waters = plot.waters + 1
        plot.save(update_fields=["waters"])  # expect: lost-update  # reached: POST /api/plots/<pk>/water
        return Response(status=204)

    @action(detail=True, methods=["get"], url_path="remarks")
    def notes(self, request, pk=None):
        return Response(Plot.objects.filter(pk=pk).values("notes"))

    @notes.mapping.post
    def add_note(self, request, pk=None):
        plot = Plot.objects.get(pk=pk)
        plot.notes = plot.notes + 1
        plot.save(update_fields=["notes"])  # expect: lost-update  # reached: POST /api/plots/<pk>/remarks
        return Response(status=201)

    @notes.mapping.delete
    def drop_note(self, request, pk=None):
        plot = Plot.objects.get(pk=pk)
        plot.notes = plot.notes - 1
        plot.save(update_fields=["notes"])  # expect: lost-update  # reached: DELETE /api/plots/<pk>/remarks
        return Response(status=204)


class ShedViewSet(mixins.UpdateModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    queryset = Shed.objects.all()

    def perform_update(self, serializer):
        shed = Shed.objects.get(pk=self.kwargs["pk"])
        shed.keys = shed.keys + 1
        shed.save(update_fields=["keys"])  # expect: lost-update  # reached: PUT /sheds/<int:pk>/key/, PUT|PATCH /v2/sheds/<pk>/


class ToolViewSet(viewsets.ModelViewSet):
    queryset = Tool.objects.all()
    http_method_names = ["get", "patch"]

    def update(self, request, *args, **kwargs):
        tool = Tool.objects.get(pk=self.kwargs["pk"])
        tool.lent = tool.lent + 1
        tool.save(update_fields=["lent"])  # expect: lost-update  # reached: PATCH /v2/tools/<pk>/
        return Response(status=204)


class ToolView(generics.RetrieveUpdateAPIView):
    queryset = Tool.objects.all()

    def get_object(self):
        tool = Tool.objects.get(slug=self.kwargs["slug"])
        tool.looks = tool.looks + 1
        tool.save(update_fields=["looks"])  # expect: lost-update  # reached: GET|PUT|PATCH /tools/<slug:slug>/
        return tool
