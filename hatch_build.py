"""What a wheel carries from outside the package; an editable install reads it from the work tree instead."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompanionFiles(BuildHookInterface[Any]):
    """Adds the Piccolo configuration and the page templates to a built wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it builds; `version` is `standard` or `editable`."""
        if version == "standard":
            build_data["force_include"] |= {"piccolo_conf.py": "piccolo_conf.py", "templates": "training_admin/templates"}
