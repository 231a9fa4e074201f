"""Rows of an orchard: lists that are made of rows conclude nothing about whether there are any."""
from __future__ import annotations

from django.db import models


class Variety(models.Model):
    code = models.CharField(max_length=20)

    class Meta:
        app_label = "orchard"


class Tree(models.Model):
    variety = models.ForeignKey(Variety, on_delete=models.CASCADE)
    row = models.IntegerField(default=0)
    place = models.IntegerField(default=0)
    tag = models.CharField(max_length=20, default="")

    class Meta:
        app_label = "orchard"


class Plate(models.Model):
    tree = models.ForeignKey(Tree, on_delete=models.CASCADE)
    variety = models.ForeignKey(Variety, on_delete=models.CASCADE)
    side = models.CharField(max_length=5)

    class Meta:
        app_label = "orchard"
        unique_together = [("tree", "variety", "side")]


# case: id=py-dj-8310 label=race rule=check-then-create tier=2 note=looked at through list()
def plant(row: int, place: int, variety: Variety) -> Tree:
    there = list(Tree.objects.filter(row=row, place=place))
    if there:
        return there[0]
    return Tree.objects.create(row=row, place=place, variety=variety)  # expect: check-then-create


# case: id=py-dj-8311 label=race rule=check-then-create tier=2 note=looked at through sorted()
def plant_sorted(row: int, place: int, variety: Variety) -> Tree:
    there = sorted(Tree.objects.filter(row=row, place=place), key=lambda t: t.tag)
    if not there:
        return Tree.objects.create(row=row, place=place, variety=variety)  # expect: check-then-create
    return there[0]


# case: id=py-dj-8312 label=race rule=check-then-create tier=2 note=gathered from the rows, of which there may be none
def plant_unless_tagged(row: int, place: int, variety: Variety) -> None:
    tags = ["spare"]
    tags.extend(Tree.objects.filter(row=row).values_list("tag", flat=True))
    if not Tree.objects.filter(row=row, place=place).exists():
        Tree.objects.create(row=row, place=place, variety=variety, tag=tags[0])  # expect: check-then-create


# case: id=py-dj-8313 label=safe tier=2 note=there is a row, and nothing is created where there is none
def first_of(row: int) -> str:
    there = list(Tree.objects.filter(row=row))
    if not there:
        raise LookupError(row)
    return there[0].tag


# case: id=py-dj-8314 label=race rule=check-then-create tier=2 note=the oldest of the rows, or nothing
def plant_oldest(row: int, place: int, variety: Variety) -> Tree:
    oldest = max(Tree.objects.filter(row=row, place=place), key=lambda t: t.tag, default=None)
    if oldest is None:
        return Tree.objects.create(row=row, place=place, variety=variety)  # expect: check-then-create
    return oldest


# case: id=py-dj-8315 label=safe tier=2 note=a variety that was looked up by its code: the constraint refuses the second
def put_plates(tree: Tree, codes: list[str]) -> None:
    varieties = {v.code: v for v in Variety.objects.filter(code__in=codes)}
    there = set(
        Plate.objects.filter(tree=tree, side="front").values_list("variety__code", flat=True)
    )
    wanted = []
    for code in codes:
        if code not in there:
            variety = varieties.get(code)
            wanted.append(Plate(tree=tree, variety=variety, side="front"))
    Plate.objects.bulk_create(wanted, ignore_conflicts=True)


# case: id=py-dj-8316 label=race rule=check-then-create tier=2 note=the same, where no constraint is on it
def tag_trees(row: int, codes: list[str]) -> None:
    varieties = {v.code: v for v in Variety.objects.filter(code__in=codes)}
    there = set(Tree.objects.filter(row=row).values_list("variety__code", flat=True))
    wanted = []
    for code in codes:
        if code not in there:
            wanted.append(Tree(row=row, variety=varieties.get(code)))
    Tree.objects.bulk_create(wanted, ignore_conflicts=True)  # expect: check-then-create
