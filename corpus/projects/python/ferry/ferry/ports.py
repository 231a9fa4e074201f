"""What the services ask of whoever keeps their rows."""

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Repository(Generic[T]):
    model: type[T]

    def one(self, pk) -> T:
        return self.model.objects.get(pk=pk)

    def one_held(self, pk) -> T:
        return self.model.objects.select_for_update().get(pk=pk)


class Meals(Protocol):
    def meal(self, pk): ...

    def cook(self, meal): ...

    def cook_more(self, pk, portions): ...


class Log(ABC):
    @abstractmethod
    def note(self, text): ...
