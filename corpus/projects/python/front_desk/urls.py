from django.urls import path

from desk import views

urlpatterns = [
    path("rooms/add/", views.add_room),
    path("keys/add/", views.add_key),
    path("rooms/<int:pk>/arrive/", views.arrive),
    path("rooms/<int:pk>/arrival/", views.ArrivalView.as_view()),
    path("rooms/<int:pk>/careful-arrival/", views.CarefulArrivalView.as_view()),
    path("drinks/", views.DrinkView.as_view()),
    path("meals/", views.MealView.as_view()),
    path("parcels/", views.ParcelView.as_view()),
    path("trolleys/", views.TrolleyView.as_view()),
]
