"""What the loft's terminals ask for."""
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from loft import views

router = DefaultRouter()
router.register("battens", views.BattenViewSet)
router.register("booms", views.BoomViewSet)
router.register("sails", views.SailViewSet)
router.register("spars", views.SparViewSet)
router.register("sheets", views.SheetViewSet)
router.register("winches", views.WinchViewSet)

urlpatterns = [path("api/", include(router.urls))]
