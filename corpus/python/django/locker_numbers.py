"""A swimming bath: lockers, keys and wristbands get a number that the others leave free."""
from __future__ import annotations

import netaddr
from django.db import IntegrityError, models, transaction


class Hall(models.Model):
    name = models.CharField(max_length=40, unique=True)
    pool = models.CharField(max_length=40)

    class Meta:
        app_label = "baths"

    def spare(self) -> set[int]:
        handed_out = {rental.number for rental in Rental.objects.filter(hall=self)}
        return set(range(1, 200)) - handed_out


class Rental(models.Model):
    hall = models.ForeignKey(Hall, related_name="rentals", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    guest = models.CharField(max_length=40)

    class Meta:
        app_label = "baths"


class Turnstile(models.Model):
    hall = models.ForeignKey(Hall, related_name="turnstiles", on_delete=models.PROTECT)
    address = models.CharField(max_length=40)

    class Meta:
        app_label = "baths"


class Wristband(models.Model):
    hall = models.ForeignKey(Hall, related_name="wristbands", on_delete=models.PROTECT)
    number = models.PositiveIntegerField()

    class Meta:
        app_label = "baths"
        constraints = [
            models.UniqueConstraint(fields=["hall", "number"], name="one_wristband_of_a_number"),
        ]


# case: id=py-dj-8101 label=race rule=check-then-create tier=2 note=the least of those that the rows of a method leave
def rent(hall_id: int, guest: str) -> Rental:
    hall = Hall.objects.get(pk=hall_id)
    return Rental.objects.create(hall=hall, number=min(hall.spare()), guest=guest)  # expect: check-then-create


# case: id=py-dj-8102 label=race rule=check-then-create tier=2 note=what is left is sorted, and the first is taken
def rent_first(hall_id: int, guest: str) -> Rental:
    hall = Hall.objects.get(pk=hall_id)
    spare = sorted(hall.spare())
    return Rental.objects.create(hall=hall, number=spare[0], guest=guest)  # expect: check-then-create


# case: id=py-dj-8103 label=race rule=check-then-create tier=2 note=any of them is taken out of the set
def rent_any(hall_id: int, guest: str, broken: list[int]) -> Rental:
    taken = set(Rental.objects.filter(hall_id=hall_id).values_list("number", flat=True))
    spare = set(range(1, 200)) - taken
    spare -= set(broken)
    return Rental.objects.create(hall_id=hall_id, number=spare.pop(), guest=guest)  # expect: check-then-create


# case: id=py-dj-8104 label=race rule=check-then-create tier=3 note=a library's set of addresses, the first one that is free
def connect(hall_id: int) -> Turnstile:
    hall = Hall.objects.get(pk=hall_id)
    used = netaddr.IPSet([turnstile.address for turnstile in hall.turnstiles.all()])
    free = netaddr.IPSet([hall.pool]) - used
    address = next(iter(free))
    return Turnstile.objects.create(hall=hall, address=f"{address}/32")  # expect: check-then-create


# case: id=py-dj-8105 label=safe tier=2 note=the hall is locked before its free numbers are worked out
def rent_alone(hall_id: int, guest: str) -> Rental:
    with transaction.atomic():
        hall = Hall.objects.select_for_update().get(pk=hall_id)
        return Rental.objects.create(hall=hall, number=min(hall.spare()), guest=guest)


# case: id=py-dj-8106 label=safe tier=2 note=a number that is taken meanwhile is refused, and the next one is tried
def strap(hall_id: int) -> Wristband:
    while True:
        worn = set(Wristband.objects.filter(hall_id=hall_id).values_list("number", flat=True))
        try:
            return Wristband.objects.create(hall_id=hall_id, number=min(set(range(1, 500)) - worn))
        except IntegrityError:
            continue


# case: id=py-dj-8107 label=safe tier=2 note=the least number of all, whoever has it
def rent_least(hall_id: int, guest: str, numbers: list[int]) -> Rental:
    return Rental.objects.create(hall_id=hall_id, number=min(set(numbers)), guest=guest)
