"""What an installation has put in the place of something."""
from django.conf import settings


def module(label):
    return settings.SHED_REPLACED.get(label)
