from django.db import transaction

from .models import Berth
from .ports import Meals, Repository


class Booking:
    def __init__(self, berths: Repository[Berth]):
        self.berths = berths

    def take(self, pk):
        berth = self.berths.one(pk)
        berth.left = berth.left - 1
        berth.save()  # expect: lost-update  # reached: POST /berths/<int:pk>/take/

    @transaction.atomic
    def take_held(self, pk):
        berth = self.berths.one_held(pk)
        berth.left = berth.left - 1
        berth.save()


class Kitchen:
    def __init__(self, meals: Meals):
        self._meals = meals

    def cook(self, pk, portions):
        meal = self._meals.meal(pk)
        meal.portions = meal.portions + portions
        self._meals.cook(meal)

    def cook_more(self, pk, portions):
        self._meals.cook_more(pk, portions)
