"""Settings."""
ROOT_URLCONF = "kiosks.urls"
INSTALLED_APPS = ["kiosks"]
