"""Every setting is documented, and nothing else is."""

import re
from pathlib import Path

from triptych.settings import PREFIX, Settings

PAGE = Path(__file__).parent.parent.parent / "docs" / "settings.md"


def test_page_lists_exactly_the_settings_that_there_are():
    rows = re.findall(rf"^\| `{PREFIX}([A-Z0-9_]+)` \| .* \| (.*) \|$", PAGE.read_text(), re.MULTILINE)

    documented = {name.lower(): description for name, description in rows}

    assert documented == {name: field.description for name, field in Settings.model_fields.items()}
