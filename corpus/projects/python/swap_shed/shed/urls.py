"""Where the pages are."""
from django.urls import path

from shed.apps.desk.views import LendView, MendView, PassView, ReturnView

urlpatterns = [
    path("desk/lend/<int:pk>/", LendView.as_view()),
    path("desk/pass/<int:pk>/<str:code>/", PassView.as_view()),
    path("desk/return/<int:pk>/", ReturnView.as_view()),
    path("desk/mend/<int:pk>/", MendView.as_view()),
]
