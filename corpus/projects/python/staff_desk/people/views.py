"""Staff: accounts are of the model that the settings name."""
from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST
from django.views.generic import View

from .models import House, Post

User = get_user_model()


# case: the address is unique in the model that stands behind the general name
@require_POST
def invite(request: HttpRequest) -> JsonResponse:
    try:
        user = User.objects.get(email=request.POST["email"])
    except User.DoesNotExist:
        try:
            user = User.objects.create(email=request.POST["email"])
        except IntegrityError:
            user = User.objects.get(email=request.POST["email"])
    return JsonResponse({"id": user.pk})


# case: the badge is not
@require_POST
def badge(request: HttpRequest) -> JsonResponse:
    if not User.objects.filter(badge=request.POST["badge"]).exists():
        User.objects.create(email=request.POST["email"], badge=request.POST["badge"])  # expect: check-then-create
    return JsonResponse({})


# case: the account of the request is a row of that model too
@require_POST
def visit(request: HttpRequest) -> JsonResponse:
    member = request.user
    member.visits[request.POST["house"]] = request.POST["day"]
    member.save(update_fields=["visits"])  # expect: lost-update
    return JsonResponse(member.visits)


class PostView(View):
    keeper: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.keeper = request.user
        return super().dispatch(request, *args, **kwargs)

    def get_house(self, name: str) -> House:
        return House.objects.get(name=name)

    # case: nobody there yet is no member: the column takes no NULL, so the constraint covers what is there
    def post(self, request: HttpRequest, name: str) -> JsonResponse:
        post, made = Post.objects.get_or_create(member=self.keeper, house=self.get_house(name))
        return JsonResponse({"id": post.pk, "made": made})

    # case: a post without a deputy may be there twice
    def put(self, request: HttpRequest, name: str) -> JsonResponse:
        post, made = Post.objects.get_or_create(  # expect: check-then-create
            deputy=None,
            role=name,
            defaults={"member": self.keeper, "house": self.get_house(name)},
        )
        return JsonResponse({"id": post.pk, "made": made})
