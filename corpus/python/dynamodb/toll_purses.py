"""Purses at the toll gate: a method of the class may be called on any object of it."""

from flask import request
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Purse(Model):
    class Meta:
        table_name = "purses"

    number = UnicodeAttribute(hash_key=True)
    coins = NumberAttribute(default=0)


class Gate:
    def __init__(self):
        self.model = Purse()

    def pass_through(self, number):
        purse = self.model.get(number)
        purse.coins = purse.coins - int(request.json["fare"])
        purse.save()  # expect: lost-update

    def pass_carefully(self, number):
        purse = self.model.get(number)
        had = purse.coins
        purse.coins = had - int(request.json["fare"])
        purse.save(condition=Purse.coins == had)


def pay(number):
    finder = Purse()
    purse = finder.get(number)
    if purse.coins < 5:
        return False
    purse.update(actions=[Purse.coins.set(Purse.coins - 5)])  # expect: check-then-act
    return True


def pay_carefully(number):
    finder = Purse()
    purse = finder.get(number)
    if purse.coins < 5:
        return False
    purse.update(actions=[Purse.coins.set(Purse.coins - 5)], condition=Purse.coins >= 5)
    return True
