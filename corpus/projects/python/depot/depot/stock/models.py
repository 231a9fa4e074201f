from django.db import models


class Bin(models.Model):
    pieces = models.IntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="open")

    def take(self, n):
        self.pieces -= n
        self.save(update_fields=["pieces"])  # expect: lost-update  # reached: POST /stock/bins/<int:pk>/take/


class Crate(models.Model):
    weight = models.IntegerField(default=0)
    seals = models.IntegerField(default=0)


class Audit(models.Model):
    bin = models.OneToOneField(Bin, on_delete=models.CASCADE)
    changes = models.IntegerField(default=0)
