# case: views of which a base leaves the rows to its subclasses, and versions that every save stamps
from django.db import models, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.response import Response


class Edition(models.Model):
    title = models.CharField(max_length=200)
    revised = models.DateTimeField(auto_now=True)
    listed = models.DateTimeField(auto_now_add=True)


class EditionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Edition
        fields = ["title"]


def tag_of(row):
    return f'W/"{row.revised.isoformat()}"'


class TaggedViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    # Which rows these are, the views below say.
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
            serializer.save()  # expect: check-then-act


class EditionViewSet(TaggedViewSet):
    queryset = Edition.objects.all()
    serializer_class = EditionSerializer


class SafeTaggedViewSet(mixins.UpdateModelMixin, viewsets.GenericViewSet):
    queryset = None

    # The version is compared on a row that stays locked until it is saved.
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


class SafeEditionViewSet(SafeTaggedViewSet):
    queryset = Edition.objects.all()
    serializer_class = EditionSerializer


class ImportViewSet(viewsets.GenericViewSet):
    queryset = Edition.objects.all()
    serializer_class = EditionSerializer

    # Who finds that it differs brings it up to date: nobody's version is demanded.
    def refresh(self, request, pk=None):
        row = self.get_object()
        if row.revised == request.data["revised"]:
            return Response(status=304)
        serializer = self.get_serializer(row, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    # When it was listed never changes.
    def relist(self, request, pk=None):
        row = self.get_object()
        if row.listed != request.data["listed"]:
            return Response(status=409)
        serializer = self.get_serializer(row, data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)
