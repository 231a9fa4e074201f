from .serializers_.rigging import *
from .serializers_.running import *
