ROOT_URLCONF = "clinic.urls"
INSTALLED_APPS = ["clinic.visits"]
