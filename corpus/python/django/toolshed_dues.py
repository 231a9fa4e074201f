"""A lending shed: dues that are summed up member by member, entries that are counted down, a basket that is filled."""
from django.db import models
from django.db.models import F


class Member(models.Model):
    name = models.CharField(max_length=80)
    dues = models.IntegerField(default=0)
    visits_left = models.IntegerField(default=0)
    visits = models.IntegerField(default=0)


class Tool(models.Model):
    name = models.CharField(max_length=80)

    def ask_for(self, many):
        if many > self.count_left():
            raise OutOfTools(self)


class OutOfTools(Exception):
    def __init__(self, tool):
        self.tool = tool


class Lending(models.Model):
    member = models.ForeignKey(Member, related_name="lendings", on_delete=models.CASCADE)
    due = models.DateField()


class BasketLine(models.Model):
    member = models.ForeignKey(Member, related_name="basket", on_delete=models.CASCADE)
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE)
    note = models.CharField(max_length=40, default="")
    many = models.IntegerField(default=0)


def add_dues(today):
    members = {}
    for lending in Lending.objects.filter(due__lt=today).select_related("member"):
        member = members.setdefault(lending.member_id, lending.member)
        member.dues = min(member.dues + 5, 100)
    Member.objects.bulk_update(list(members.values()), ["dues"])  # expect: lost-update


def enter(member_id, times=1):
    Member.objects.filter(pk=member_id).update(visits_left=F("visits_left") - times)  # expect: unconditional-update as: error


def put_in_basket(member, tool, many, note=None):
    line, _ = member.basket.get_or_create(tool=tool, defaults={"many": 0, "note": note or ""})  # expect: check-then-create
    if many:
        tool.ask_for(many)
    if line.many:
        line.save(update_fields=["many"])


def refill(member):
    for line in member.basket.all():
        try:
            put_in_basket(member, line.tool, line.many)
        except OutOfTools as e:
            put_in_basket(member, line.tool, e.tool.count_left())
