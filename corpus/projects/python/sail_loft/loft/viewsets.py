"""Views that change a row only if the client has seen its last version."""
from django.db import transaction
from rest_framework import mixins, viewsets
from rest_framework.response import Response


def tag_of(row):
    return f'W/"{row.revised.isoformat()}"'


class TaggedViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    def update(self, request, *args, **kwargs):
        row = self.get_object()
        wanted = request.headers.get("If-Match")
        if wanted and tag_of(row) not in wanted.split(","):
            return Response(status=412)
        serializer = self.get_serializer(row, data=request.data)
        serializer.is_valid(raise_exception=True)
        self.perform_update(serializer)
        return Response(serializer.data)

    def perform_update(self, serializer):
        with transaction.atomic():
            serializer.save()


class LockingViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    # The row stays locked from the comparison to the save, whoever inherits this.
    @transaction.atomic
    def update(self, request, *args, **kwargs):
        row = self.get_queryset().select_for_update().get(pk=kwargs["pk"])
        wanted = request.headers.get("If-Match")
        if wanted and tag_of(row) not in wanted.split(","):
            return Response(status=412)
        serializer = self.get_serializer(row, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)
