from django.urls import include, path, re_path
from rest_framework.routers import DefaultRouter

from depot.stock.viewsets import CrateViewSet

router = DefaultRouter()
router.register("crates", CrateViewSet)

urlpatterns = [
    path("stock/", include("depot.stock.urls")),
    path("api/", include((router.urls, "api"))),
    re_path(r"^legacy/(?P<pk>\d+)/", include([path("take", include("depot.stock.legacy_urls"))])),
]
