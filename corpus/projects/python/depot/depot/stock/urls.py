from django.contrib.auth.decorators import login_required
from django.urls import path

from . import views

urlpatterns = [
    path("bins/<int:pk>/take/", login_required(views.take), name="take"),
    path("bins/<int:pk>/move/", views.MoveView.as_view(), name="move"),
]

urlpatterns += [path("bins/<int:pk>/count/", views.count)]
