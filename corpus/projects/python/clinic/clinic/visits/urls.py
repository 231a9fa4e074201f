"""The router is mounted by the project; this list is included by nobody."""
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from .views import WardViewSet

router = DefaultRouter()
router.register("wards", WardViewSet)

urlpatterns = [path("old/", include(router.urls))]
