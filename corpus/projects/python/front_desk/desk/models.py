from django.db import models


class Room(models.Model):
    FREE, TAKEN = "free", "taken"

    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, default=FREE)


class Key(models.Model):
    label = models.CharField(max_length=40, unique=True)


class Parcel(models.Model):
    mark = models.CharField(max_length=20, db_index=True)


class Trolley(models.Model):
    mark = models.CharField(max_length=20, unique=True)


class Account(models.Model):
    guest = models.CharField(max_length=80, unique=True)
    credit = models.IntegerField(default=0)
