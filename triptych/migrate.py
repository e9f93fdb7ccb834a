"""Bringing the database to the schema that this version of the code needs: `python -m triptych.migrate`."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from triptych.database import open_database
from triptych.settings import BadSettings, Settings


def migrate(url: str) -> None:
    """Upgrade the database at ``url`` to the newest revision; one that is there already is left alone."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    database = open_database(url)
    try:
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        database.close()


def main() -> None:
    """Migrate the database that the environment's settings name."""
    try:
        migrate(Settings.from_environment().database)
    except BadSettings as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
