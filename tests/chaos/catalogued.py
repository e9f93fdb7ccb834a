"""The chores in the house's catalogue, for processes that read it as they start: importing this puts them there."""

from chaos.chores import PIPELINES
from pipelines.catalogue import pipeline

for _one in PIPELINES.values():
    pipeline(name=_one.name, title=_one.title, lane=_one.lane, accepts=_one.accepts, params=_one.params)(_one.function)
