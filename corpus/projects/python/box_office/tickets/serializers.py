"""What the API takes, and how it is checked before it is written."""

from django.db.models import F
from rest_framework import serializers

from .models import GiftCard, Hold, Membership, Promotion, Show, Ticket


class PromotionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Promotion
        fields = ["id", "show", "code", "percent"]

    def validate_code(self, value):
        if Promotion.objects.filter(code=value).exists():  # expect: check-then-create
            raise serializers.ValidationError("There is a promotion of that code already.")
        return value


class GiftCardSerializer(serializers.ModelSerializer):
    """The number is unique in the database: a second one is an error there."""

    class Meta:
        model = GiftCard
        fields = ["id", "number", "credit"]

    def validate_number(self, value):
        if GiftCard.objects.filter(number=value).exists():
            raise serializers.ValidationError("There is a card of that number already.")
        return value


class HoldSerializer(serializers.ModelSerializer):
    class Meta:
        model = Hold
        fields = ["id", "show", "seats", "holder"]

    def validate(self, attrs):
        show = Show.objects.get(pk=attrs["show"].pk)
        if show.seats_left < attrs["seats"]:
            raise serializers.ValidationError("Not that many seats are left.")
        attrs["show"] = show
        return attrs

    def create(self, validated_data):
        show = validated_data["show"]
        show.seats_left = F("seats_left") - validated_data["seats"]
        show.save(update_fields=["seats_left"])  # expect: check-then-act
        return Hold.objects.create(**validated_data)


class FirmHoldSerializer(serializers.ModelSerializer):
    """The same; the test stands in the statement that takes the seats."""

    class Meta:
        model = Hold
        fields = ["id", "show", "seats", "holder"]

    def validate(self, attrs):
        show = Show.objects.get(pk=attrs["show"].pk)
        if show.seats_left < attrs["seats"]:
            raise serializers.ValidationError("Not that many seats are left.")
        return attrs

    def create(self, validated_data):
        seats = validated_data["seats"]
        taken = Show.objects.filter(pk=validated_data["show"].pk, seats_left__gte=seats).update(
            seats_left=F("seats_left") - seats
        )
        if not taken:
            raise serializers.ValidationError("Not that many seats are left.")
        return Hold.objects.create(**validated_data)


class AdmissionSerializer(serializers.ModelSerializer):
    """A ticket is used once."""

    class Meta:
        model = Ticket
        fields = ["id", "status", "note"]

    def validate(self, attrs):
        if self.instance.status != Ticket.VALID:
            raise serializers.ValidationError("This ticket has been used or given back.")
        return attrs

    def update(self, instance, validated_data):
        instance.status = Ticket.USED
        instance.note = validated_data.get("note", "")
        instance.save(update_fields=["status", "note"])  # expect: check-then-act
        return instance


class LockedAdmissionSerializer(serializers.ModelSerializer):
    """The same, for a view that holds the ticket's lock meanwhile."""

    class Meta:
        model = Ticket
        fields = ["id", "status", "note"]

    def validate(self, attrs):
        if self.instance.status != Ticket.VALID:
            raise serializers.ValidationError("This ticket has been used or given back.")
        return attrs

    def update(self, instance, validated_data):
        instance.status = Ticket.USED
        instance.note = validated_data.get("note", "")
        instance.save(update_fields=["status", "note"])
        return instance


class RedemptionSerializer(serializers.Serializer):
    """Points of a membership pay for something."""

    number = serializers.CharField()
    points = serializers.IntegerField(min_value=1)

    def validate(self, attrs):
        membership = Membership.objects.filter(number=attrs["number"]).first()
        if membership is None or membership.points < attrs["points"]:
            raise serializers.ValidationError("Not enough points.")
        attrs["membership"] = membership
        return attrs

    def create(self, validated_data):
        membership = validated_data["membership"]
        membership.points -= validated_data["points"]
        membership.save(update_fields=["points"])  # expect: lost-update
        return membership


class BonusSerializer(serializers.ModelSerializer):
    """What the members' desk adds by hand; what is there is a part of what is written."""

    class Meta:
        model = Membership
        fields = ["id", "points"]

    def validate_points(self, value):
        return self.instance.points + value
