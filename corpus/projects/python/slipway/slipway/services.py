from __future__ import annotations

from typing import Any

from .staging import Changes
from .stores import CrewStore, HullStore


class Launches:
    def __init__(self, client: Any, hulls: HullStore, crews: CrewStore) -> None:
        self._client = client
        self._hulls = hulls
        self._crews = crews

    def launch(self, hull_id: str, crew_ids: list[str], hours: int) -> None:
        hull = self._hulls.get(hull_id)
        if hull.stage == "launched":
            raise ValueError(hull_id)
        hull.stage = "launched"
        first, second = self._crews.get(crew_ids[0]), self._crews.get(crew_ids[1])
        first.launched(hours)
        second.launched(hours)
        with Changes(self._client) as changes:
            self._hulls.stage(changes, hull)
            for crew in (first, second):
                self._crews.stage(changes, crew)


class Rosters:
    def __init__(self, crews: CrewStore) -> None:
        self.crews = crews

    def rest(self, crew_id: str, hours: int) -> None:
        crew = self.crews.get(crew_id)
        crew.hours = max(crew.hours - hours, 0)
        self.crews.rest(crew)
