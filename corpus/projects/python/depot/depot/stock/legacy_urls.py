from django.urls import path

from .views import take_safely

urlpatterns = [path("", take_safely)]
