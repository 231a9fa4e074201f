"""What a form or serializer takes in is what it declares: nothing else is asked for when all of it is."""
from django.db import IntegrityError, models, transaction
from rest_framework import mixins, serializers, viewsets
from rest_framework.exceptions import APIException


class Court(models.Model):
    name = models.CharField(max_length=30)


class Match(models.Model):
    court = models.ForeignKey(Court, on_delete=models.CASCADE)
    day = models.DateField()
    slot = models.PositiveSmallIntegerField()
    referee = models.CharField(max_length=30)
    called_off_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["court", "day", "slot"],
                condition=models.Q(called_off_at__isnull=True),
                name="one_match_at_a_time",
            )
        ]


class CourtTaken(APIException):
    status_code = 409


class MatchSerializer(serializers.ModelSerializer):
    class Meta:
        model = Match
        fields = ["id", "court", "day", "slot"]

    def validate(self, attrs):
        if Match.objects.filter(called_off_at__isnull=True, **attrs).exists():
            raise CourtTaken()
        return attrs


class MatchViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = MatchSerializer
    queryset = Match.objects.all()

    def perform_create(self, serializer):
        try:
            with transaction.atomic():
                serializer.save()
        except IntegrityError as exc:
            raise CourtTaken() from exc


class RefereeSerializer(serializers.ModelSerializer):
    """The slot is only given out: who looks by the rest looks for more than the store refuses."""

    class Meta:
        model = Match
        fields = ["id", "court", "day", "slot", "referee"]
        read_only_fields = ["slot"]

    def validate(self, attrs):
        if Match.objects.filter(called_off_at__isnull=True, **attrs).exists():
            raise CourtTaken()
        return attrs


class RefereeViewSet(mixins.CreateModelMixin, viewsets.GenericViewSet):
    serializer_class = RefereeSerializer
    queryset = Match.objects.all()

    def perform_create(self, serializer):
        try:
            with transaction.atomic():
                serializer.save(slot=self.request.query_params["slot"])  # expect: check-then-create
        except IntegrityError as exc:
            raise CourtTaken() from exc
