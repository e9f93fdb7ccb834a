"""What a WSGI server imports: the only module of the API with side effects."""

import sys

from api.allocator import keep_buffers
from api.app import create_app
from api.oidc import check_secret
from api.setup_link import tell_setup_link
from pipelines.catalogue import catalogue
from triptych.logs import configure_logs
from triptych.settings import BadSettings, Settings
from triptych.store import open_store
from triptych.warm import refuse_unknown_models

try:
    settings = Settings.from_environment()
    refuse_unknown_models(settings)
    check_secret(settings)
except BadSettings as error:
    sys.exit(str(error))
configure_logs(settings.log_level, settings.log_format)
keep_buffers()
catalogue()  # every pipeline is declared before the first request, or the process does not start
store = open_store(settings)
app = create_app(settings, store)
if settings.has_accounts:
    tell_setup_link(store)
