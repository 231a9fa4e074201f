"""What the brewery does with its kegs; who keeps them is somebody else's business."""
from brewery.ports import Kegs


class Pour:
    def __init__(self, kegs: Kegs):
        self._kegs = kegs

    def __call__(self, code, litres):
        keg = self._kegs.get(code)
        keg["litres"] -= litres
        self._kegs.put(keg)


class Draw:
    def __init__(self, kegs: Kegs):
        self._kegs = kegs

    def __call__(self, code, litres):
        if self._kegs.get(code)["litres"] < litres:
            raise ValueError(code)
        self._kegs.take(code, litres)
