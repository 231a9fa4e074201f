from django.db import models


class Show(models.Model):
    title = models.CharField(max_length=120)
    seats_left = models.IntegerField(default=0)


class Promotion(models.Model):
    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="promotions")
    code = models.CharField(max_length=20)
    percent = models.IntegerField()


class GiftCard(models.Model):
    number = models.CharField(max_length=20, unique=True)
    credit = models.IntegerField(default=0)


class Hold(models.Model):
    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="holds")
    seats = models.IntegerField()
    holder = models.CharField(max_length=80)


class Ticket(models.Model):
    VALID, USED, REFUNDED = "valid", "used", "refunded"

    show = models.ForeignKey(Show, on_delete=models.CASCADE, related_name="tickets")
    status = models.CharField(max_length=10, default=VALID)
    note = models.TextField(blank=True)


class Membership(models.Model):
    number = models.CharField(max_length=20)
    points = models.IntegerField(default=0)
