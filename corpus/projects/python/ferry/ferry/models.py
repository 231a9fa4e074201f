from django.db import models


class Berth(models.Model):
    free = models.IntegerField(default=0)
    deck = models.CharField(max_length=10)

    @property
    def left(self):
        return self.free

    @left.setter
    def left(self, value):
        self.free = value


class Meal(models.Model):
    portions = models.IntegerField(default=0)
