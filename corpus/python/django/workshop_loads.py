"""Workshops with a limited number of seats: loads that come with the row."""
from django.db import models, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from django.http import HttpResponse, JsonResponse


class Workshop(models.Model):
    title = models.CharField(max_length=80)
    seats = models.PositiveIntegerField()
    budget = models.IntegerField()


class Enrolment(models.Model):
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="enrolments")
    guest = models.CharField(max_length=80)


class Expense(models.Model):
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="expenses")
    cents = models.IntegerField()


# case: id=py-dj-4060 label=race rule=check-then-act|check-then-create tier=2 note=the count that came with the row against the seats, then a new row
def enrol(request, pk):
    workshop = Workshop.objects.annotate(load=Count("enrolments")).get(pk=pk)
    if workshop.load >= workshop.seats:
        return HttpResponse(status=409)
    Enrolment.objects.create(workshop=workshop, guest=request.POST["guest"])  # expect: check-then-act|check-then-create
    return HttpResponse(status=201)


# case: id=py-dj-4061 label=safe tier=2 note=the workshop is locked, and counted again under the lock
def enrol_locked(request, pk):
    with transaction.atomic():
        workshop = Workshop.objects.select_for_update().get(pk=pk)
        load = workshop.enrolments.count()
        if load >= workshop.seats:
            return HttpResponse(status=409)
        Enrolment.objects.create(workshop=workshop, guest=request.POST["guest"])
    return HttpResponse(status=201)


# case: id=py-dj-4062 label=race rule=check-then-act|check-then-create tier=3 note=the sum that came with the row against the budget
def spend(request, pk):
    cents = int(request.POST["cents"])
    workshop = Workshop.objects.annotate(spent=Sum("expenses__cents")).get(pk=pk)
    if (workshop.spent or 0) + cents > workshop.budget:
        return HttpResponse(status=409)
    Expense.objects.create(workshop=workshop, cents=cents)  # expect: check-then-act|check-then-create
    return HttpResponse(status=201)


# case: id=py-dj-4063 label=race rule=check-then-create tier=3 note=whether there is one came with the row
def first_enrolment(request, pk):
    taken = Enrolment.objects.filter(workshop=OuterRef("pk"))
    workshop = Workshop.objects.annotate(taken=Exists(taken)).get(pk=pk)
    if workshop.taken:
        return HttpResponse(status=409)
    Enrolment.objects.create(workshop=workshop, guest=request.POST["guest"])  # expect: check-then-create
    return HttpResponse(status=201)


# case: id=py-dj-4064 label=safe tier=1 note=loads that are only shown
def overview(request):
    workshops = Workshop.objects.annotate(load=Count("enrolments")).order_by("title")
    return JsonResponse({"full": [w.title for w in workshops if w.load >= w.seats]})


# case: id=py-dj-4065 label=safe tier=2 note=the load decides nothing about the title that is set
def retitle(request, pk):
    workshop = Workshop.objects.annotate(load=Count("enrolments")).get(pk=pk)
    workshop.title = request.POST["title"]
    workshop.save(update_fields=["title"])
    return JsonResponse({"load": workshop.load})
