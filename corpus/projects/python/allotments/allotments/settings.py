INSTALLED_APPS = ["django.contrib.admin", "channels", "rest_framework", "allotments.plots"]
ROOT_URLCONF = "allotments.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
