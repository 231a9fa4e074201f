INSTALLED_APPS = ["shed"]
