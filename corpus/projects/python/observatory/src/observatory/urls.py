from django.urls import include, path

from observatory.api import views as api

urlpatterns = [
    path("nights/<int:pk>/claim/", api.claim),
    path("nights/<int:pk>/claim-once/", api.claim_once),
    path("nights/<int:pk>/frames/", api.frames),
    path("nights/<int:pk>/frames-added/", api.frames_added),
    path("plates/<int:pk>/lend/", api.lend_plate),
    path("plates/<int:pk>/lend-locked/", api.lend_plate_locked),
    path("plates/<int:pk>/remark/", api.remark),
    path("plates/<int:pk>/remark-locked/", api.remark_locked),
    path("filters/<str:name>/wear/", api.wear_filter),
    path("filters/<str:name>/wear-stored/", api.wear_filter_stored),
    path("archive/", include("observatory.archive.urls")),
]
