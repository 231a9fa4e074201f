"""Berths on a ferry: a service over repositories, put together in one module."""
