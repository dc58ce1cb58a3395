"""The demonstration office: five cities with real divisions and fictional people, the same for the same seed."""

from bangban.demo.identity import DEFAULT_SEED
from bangban.demo.loading import CityReport, DemoReport, load

__all__ = ["DEFAULT_SEED", "CityReport", "DemoReport", "load"]
