"""One view for each kind of thing."""
import logging

from django_pglocks import advisory_lock

from loft import serializers
from loft.models import Batten, Boom, Sail, Sheet, Spar, Winch
from loft.viewsets import LockingViewSet, TaggedViewSet

logger = logging.getLogger(__name__)


class SailViewSet(TaggedViewSet):
    queryset = Sail.objects.all()
    serializer_class = serializers.SailSerializer


class SparViewSet(TaggedViewSet):
    queryset = Spar.objects.all()
    serializer_class = serializers.SparSerializer

    # Spars are changed one after the other; nobody does so for sails.
    @advisory_lock("spars")
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)


class BoomViewSet(TaggedViewSet):
    queryset = Boom.objects.all()
    serializer_class = serializers.BoomSerializer

    @advisory_lock("booms")
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)

    def perform_update(self, serializer):
        logger.info("changing boom %s", serializer.instance.pk)
        super().perform_update(serializer)


class BattenViewSet(TaggedViewSet):
    queryset = Batten.objects.all()
    serializer_class = serializers.BattenSerializer

    def perform_update(self, serializer):
        logger.info("changing batten %s", serializer.instance.pk)
        super().perform_update(serializer)


class SheetViewSet(LockingViewSet):
    queryset = Sheet.objects.all()
    serializer_class = serializers.SheetSerializer


class WinchViewSet(LockingViewSet):
    queryset = Winch.objects.all()
    serializer_class = serializers.WinchSerializer

    @advisory_lock("winches")
    def update(self, request, *args, **kwargs):
        return super().update(request, *args, **kwargs)
