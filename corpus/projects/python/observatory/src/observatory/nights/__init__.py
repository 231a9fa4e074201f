from .booking import NightTaken, claim, claim_once

__all__ = ["NightTaken", "claim", "claim_once"]
