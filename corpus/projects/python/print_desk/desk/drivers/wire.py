"""How printers are asked."""
import requests


def ask(address, number):
    return requests.get(f"https://{address}/jobs/{number}", timeout=10).json()
