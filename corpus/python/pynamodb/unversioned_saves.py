"""Loyalty accounts on PynamoDB: a version that some writes leave alone."""
from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.models import Model


class Account(Model):
    class Meta:
        table_name = "loyalty-accounts"

    member = UnicodeAttribute(hash_key=True)
    points = NumberAttribute(default=0)
    tier = UnicodeAttribute(default="basic")
    version = VersionAttribute()


# case: id=py-pyn-2050 label=race rule=lost-update tier=2 note=the save leaves the version alone
def award(member: str, points: int) -> None:
    account = Account.get(member)
    account.points += points
    account.save(add_version_condition=False)  # expect: lost-update


# case: id=py-pyn-2051 label=race rule=lost-update tier=2 note=the update leaves the version alone
def award_partly(member: str, points: int) -> None:
    account = Account.get(member)
    account.update(  # expect: lost-update
        actions=[Account.points.set(account.points + points)], add_version_condition=False
    )


# case: id=py-pyn-2052 label=safe tier=2 note=the version is compared unless it is said otherwise
def award_checked(member: str, points: int) -> None:
    account = Account.get(member)
    account.points += points
    account.save()


# case: id=py-pyn-2053 label=safe tier=2 note=the table adds, whatever the version
def award_there(member: str, points: int) -> None:
    account = Account.get(member)
    account.update(actions=[Account.points.add(points)], add_version_condition=False)
