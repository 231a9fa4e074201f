"""Everything is put together here, once."""

from .kept import Berths
from .services import Booking

booking = Booking(Berths())
