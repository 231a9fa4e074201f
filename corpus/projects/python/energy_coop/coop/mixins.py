"""What several models have in common."""

from django.db import models
from django.utils import timezone


class Stamped(models.Model):
    changed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.changed_at = timezone.now()
        super().save(*args, **kwargs)


class Closable(models.Model):
    state = models.CharField(max_length=10, default="open")

    class Meta:
        abstract = True

    @property
    def is_open(self):
        return self.state == "open"

    def close(self):
        if not self.is_open:
            raise ValueError("closed already")
        self.state = "closed"
        self.save(update_fields=["state"])  # expect: check-then-act
