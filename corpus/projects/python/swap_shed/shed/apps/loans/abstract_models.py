"""What a tool and a pass are; an installation derives its own from them."""
from django.db import models
from django.db.models import F


class AbstractTool(models.Model):
    name = models.CharField(max_length=80)
    on_shelf = models.PositiveIntegerField(default=0)
    lent = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def lend(self):
        self.on_shelf -= 1
        self.save()  # expect: lost-update  # reached: POST /desk/lend/<int:pk>/

    def count_loan(self):
        type(self).objects.filter(pk=self.pk).update(lent=F("lent") + 1)


class AbstractPass(models.Model):
    code = models.CharField(max_length=20, unique=True)

    class Meta:
        abstract = True

    def is_free(self):
        return not self.uses.exists()

    def record(self, tool):
        self.uses.create(ticket=self, tool=tool)


class AbstractPassUse(models.Model):
    ticket = models.ForeignKey("loans.Pass", related_name="uses", on_delete=models.CASCADE)
    tool = models.ForeignKey("loans.Tool", on_delete=models.CASCADE)

    class Meta:
        abstract = True
