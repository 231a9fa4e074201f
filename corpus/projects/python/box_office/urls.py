from django.urls import path
from rest_framework.routers import DefaultRouter

from tickets import views

router = DefaultRouter()
router.register("promotions", views.PromotionViewSet)

urlpatterns = [
    path("holds/", views.HoldList.as_view()),
    path("firm-holds/", views.FirmHoldList.as_view()),
    path("gate/<int:pk>/", views.GateView.as_view()),
    path("careful-gate/<int:pk>/", views.CarefulGateView.as_view()),
    path("redemptions/", views.RedemptionView.as_view()),
    path("bonus/<int:pk>/", views.BonusView.as_view()),
    path("careful-bonus/<int:pk>/", views.CarefulBonusView.as_view()),
]
