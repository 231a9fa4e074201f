"""A parcel as the desk knows it."""

from dataclasses import dataclass, field


@dataclass
class Parcel:
    shelf: str
    number: str
    reminders: int = 0
    signatures: list = field(default_factory=list)

    @classmethod
    def from_item(cls, item):
        return cls(
            shelf=item["Shelf"],
            number=item["Number"],
            reminders=int(item.get("Reminders", 0)),
            signatures=list(item.get("Signatures", [])),
        )

    @property
    def key(self):
        return {"Shelf": self.shelf, "Number": self.number}
