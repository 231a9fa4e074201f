from rest_framework.routers import SimpleRouter

from press.app.viewsets import PlateViewSet, PressViewSet

router = SimpleRouter()
router.register("presses", PressViewSet)
router.register("plates", PlateViewSet)
urlpatterns = router.urls
