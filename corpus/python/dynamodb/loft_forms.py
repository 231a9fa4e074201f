"""Hay from a loft: forms whose methods look things up by the name of each field, and note what is wrong with it."""
from __future__ import annotations

from typing import Any, Callable, Optional

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model


class Loft(Model):
    class Meta:
        table_name = "lofts"

    loft = UnicodeAttribute(hash_key=True)
    bales = NumberAttribute(default=0)
    locked = BooleanAttribute(default=False)


class Wrong(Exception):
    pass


class Form:
    wanted: tuple[str, ...] = ()

    def __init__(self, sent: dict[str, Any]) -> None:
        self.sent = sent
        self.wrong: dict[str, str] = {}

    def ask(self) -> "Form":
        for name in self.wanted:
            look: Optional[Callable[[Any], Optional[str]]] = getattr(self, f"ask_{name}", None)
            if name not in self.sent:
                self.wrong[name] = "is missing"
            elif look is not None:
                says = look(self.sent[name])
                if says:
                    self.wrong[name] = says
        if self.wrong:
            raise Wrong(self.wrong)
        return self


class Fetching(Form):
    wanted = ("loft", "bales")
    loft: Optional[Loft] = None

    def ask_loft(self, value: str) -> Optional[str]:
        self.loft = Loft.get(value)
        return "is locked" if self.loft.locked else None

    def ask_bales(self, value: int) -> Optional[str]:
        if self.loft is not None and self.loft.bales < value:
            return f"only {self.loft.bales} there"
        return None


# case: id=py-ddb-4441 label=race rule=check-then-act tier=3 note=a method of the form that is found by the field's name has tested the loft, nothing is asked here
def fetch(sent: dict[str, Any]) -> None:
    form = Fetching(sent).ask()
    form.loft.update(actions=[Loft.bales.set(Loft.bales - form.sent["bales"])])  # expect: check-then-act


# case: id=py-ddb-4442 label=safe tier=3 note=both are asked once more by the store
def fetch_asking(sent: dict[str, Any]) -> None:
    form = Fetching(sent).ask()
    bales = form.sent["bales"]
    form.loft.update(
        actions=[Loft.bales.set(Loft.bales - bales)],
        condition=(Loft.bales >= bales) & (Loft.locked == False),  # noqa: E712
    )


# case: id=py-ddb-4443 label=race rule=check-then-act tier=3 note=what is wrong is noted in a mapping, and who goes on has found nothing wrong
def fetch_all(loft: str) -> None:
    wrong: dict[str, str] = {}
    found = Loft.get(loft)
    if found.bales < 1:
        wrong["bales"] = "none there"
    if wrong:
        raise Wrong(wrong)
    found.update(actions=[Loft.bales.set(Loft.bales - 1)])  # expect: check-then-act
