"""Patrons of beehives: they are looked for by one of two sets of tests."""
from django.db import models


class Keeper(models.Model):
    handle = models.CharField(max_length=40, unique=True)


class Patron(models.Model):
    mail = models.CharField(max_length=80, null=True)
    keeper = models.ForeignKey(Keeper, null=True, on_delete=models.CASCADE)
    note = models.CharField(max_length=80, null=True)


class Known(ValueError):
    pass


# case: id=py-dj-3611 label=race rule=check-then-create tier=3 note=whichever set of tests it was, the row that is made afterwards meets it
def enlist(who):
    by_mail = "@" in who
    tests = {"mail": who} if by_mail else {"keeper__handle": who}
    if Patron.objects.filter(**tests).exists():
        raise Known(who)
    if by_mail:
        return Patron.objects.create(mail=who)  # expect: check-then-create
    keeper = Keeper.objects.get(handle=who)
    return Patron.objects.create(keeper=keeper)  # expect: check-then-create


# case: id=py-dj-3612 label=safe tier=3 note=the row that is made meets none of the tests
def annotate(who, text):
    tests = {"mail": who} if "@" in who else {"keeper__handle": who}
    if not Patron.objects.filter(**tests).exists():
        return None
    return Patron.objects.create(note=text)
