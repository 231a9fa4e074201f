"""A fair lets its pitches: who may come in is asked of classes that a view lists, before the view does anything."""
from django.db import models
from rest_framework import generics, mixins, permissions, serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView


class Fair(models.Model):
    name = models.CharField(max_length=80)
    closed = models.BooleanField(default=False)


class Pitch(models.Model):
    fair = models.ForeignKey(Fair, on_delete=models.CASCADE)
    holder = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    metres = models.IntegerField()


class Badge(models.Model):
    fair = models.ForeignKey(Fair, on_delete=models.CASCADE)
    bearer = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    name = models.CharField(max_length=80)

    class Meta:
        unique_together = [("fair", "bearer")]


class HoldsNoPitch(permissions.BasePermission):
    def has_permission(self, request, view):
        if request.method in permissions.SAFE_METHODS:
            return True
        return not Pitch.objects.filter(fair_id=view.kwargs["fair_id"], holder=request.user).exists()


class HasNoBadge(permissions.BasePermission):
    def has_permission(self, request, view):
        return not Badge.objects.filter(fair_id=view.kwargs["fair_id"], bearer=request.user).exists()


class FairIsOpen(permissions.BasePermission):
    def has_permission(self, request, view):
        return not Fair.objects.get(pk=view.kwargs["fair_id"]).closed


class PitchSerializer(serializers.ModelSerializer):
    class Meta:
        model = Pitch
        fields = ["id", "metres"]


class BadgeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Badge
        fields = ["id", "name"]


# case: id=py-dj-3601 label=race rule=check-then-create tier=3 note=one of the permission classes finds no pitch, nothing keeps a second one away
class PitchView(generics.ListCreateAPIView):
    queryset = Pitch.objects.all()
    serializer_class = PitchSerializer
    permission_classes = [permissions.IsAuthenticated, HoldsNoPitch]

    def perform_create(self, serializer):
        serializer.save(fair_id=self.kwargs["fair_id"], holder=self.request.user)  # expect: check-then-create


# case: id=py-dj-3602 label=race rule=check-then-create tier=3 note=the only permission class of a plain view finds no pitch
class QuickPitchView(APIView):
    permission_classes = (HoldsNoPitch,)

    def post(self, request, *args, **kwargs):
        pitch = Pitch.objects.create(  # expect: check-then-create
            fair_id=self.kwargs["fair_id"], holder=self.request.user, metres=3
        )
        return Response({"pitch": pitch.pk})


# case: id=py-dj-3603 label=safe tier=3 note=the second badge is refused by the constraint
class BadgeView(generics.CreateAPIView):
    serializer_class = BadgeSerializer
    permission_classes = [HasNoBadge]

    def perform_create(self, serializer):
        serializer.save(fair_id=self.kwargs["fair_id"], bearer=self.request.user)


# case: id=py-dj-3604 label=safe tier=3 note=what was asked before is no matter of the row that is made
class OpenPitchView(generics.CreateAPIView):
    serializer_class = PitchSerializer
    permission_classes = [FairIsOpen]

    def perform_create(self, serializer):
        serializer.save(fair_id=self.kwargs["fair_id"], holder=self.request.user)


class FamilyPitchSerializer(serializers.ModelSerializer):
    class Meta:
        model = Pitch
        fields = ["id", "metres"]

    def create(self, validated_data):
        view = self.context["view"]
        return Pitch.objects.create(  # expect: check-then-create
            fair_id=view.kwargs["fair_id"], holder=self.context["request"].user, **validated_data
        )


# case: id=py-dj-3605 label=race rule=check-then-create tier=4 note=the view has nothing of its own but the list of who is asked; the serializer makes the row
class FamilyPitchViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = FamilyPitchSerializer
    permission_classes = [HoldsNoPitch]
