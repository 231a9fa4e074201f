from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from .models import Crate


class CrateSerializer(serializers.ModelSerializer):
    class Meta:
        model = Crate
        fields = ["id", "weight", "seals"]

    def update(self, instance, validated_data):
        crate = Crate.objects.get(pk=instance.pk)
        crate.weight = crate.weight + validated_data["weight"]
        crate.save(update_fields=["weight"])  # expect: lost-update  # reached: PUT|PATCH /api/crates/<pk>/
        return crate


class CrateViewSet(viewsets.ModelViewSet):
    queryset = Crate.objects.all()
    serializer_class = CrateSerializer

    def perform_update(self, serializer):
        serializer.save()

    @action(detail=True, methods=["post"])
    def seal(self, request, pk=None):
        crate = Crate.objects.get(pk=pk)
        crate.seals += 1
        crate.save(update_fields=["seals"])  # expect: lost-update  # reached: POST /api/crates/<pk>/seal/
        return Response(status=204)

    @action(detail=False, methods=["post"], url_path="weigh-all")
    def weigh(self, request):
        for crate in Crate.objects.select_for_update():
            crate.refresh_from_db()
        return Response(status=204)
