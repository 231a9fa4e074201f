from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Member(AbstractBaseUser):
    email = models.EmailField(unique=True)
    badge = models.CharField(max_length=20)
    visits = models.JSONField(default=dict)


class House(models.Model):
    name = models.CharField(max_length=40, unique=True)


class Post(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    house = models.ForeignKey(House, on_delete=models.CASCADE)
    deputy = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="deputy_posts")
    role = models.CharField(max_length=20, default="guide")

    class Meta:
        unique_together = [("member", "house"), ("deputy", "role")]
