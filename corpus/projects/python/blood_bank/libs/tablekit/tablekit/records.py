from dataclasses import asdict, dataclass, fields


@dataclass
class Record:
    id: str
    version: int = 0

    @classmethod
    def of_item(cls, item):
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in item.items() if name in known})

    def to_item(self):
        return {name: value for name, value in asdict(self).items() if value is not None}
