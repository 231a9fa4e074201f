"""Tickets, holds and promotions."""
