"""What the desk may do."""
from django.http import JsonResponse

from shows.models import Dome, Tariff
from shows.setup import recount_lamps


# case: id=py-dj-8304 label=race rule=lost-update tier=2 note=the same as at a migration, for every request
def tariff(request, name):
    found = Tariff.objects.get(name=name)
    found.price = found.price + int(request.POST["raise"])
    found.save(update_fields=["price"])  # expect: lost-update
    return JsonResponse({"price": found.price})


def reopen(request, pk):
    Dome.objects.filter(pk=pk).update(open=True)
    recount_lamps()
    return JsonResponse({})
