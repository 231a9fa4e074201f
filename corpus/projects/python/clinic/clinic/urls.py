from django.urls import include, path
from rest_framework_nested.routers import NestedSimpleRouter

from clinic.visits import views
from clinic.visits.urls import router

beds = NestedSimpleRouter(router, "wards", lookup="ward")
beds.register("beds", views.BedViewSet, basename="bed")

urlpatterns = [
    path("api/", include(router.urls)),
    path("api/", include(beds.urls)),
    path("desk/admit/", views.admit),
    path("desk/readmit/", views.readmit),
    path("desk/bill/", views.BillView.as_view()),
    path("desk/import/", views.import_visits),
    path("desk/recount/", views.RecountView.as_view()),
]
