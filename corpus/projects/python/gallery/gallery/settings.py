ROOT_URLCONF = "gallery.urls"
INSTALLED_APPS = ["gallery"]
MIDDLEWARE = ["gallery.visits.GuestBook"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
