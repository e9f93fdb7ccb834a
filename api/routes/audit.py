"""What was written down: everybody's for administrators, one's own for everybody else."""

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import caller
from api.room import owner, room
from api.routes.documented import json_of, problems
from api.schemas.users import AuditQuery, Entry, EntryPage
from triptych.accounts.audit import list_entries
from triptych.accounts.values import Role

routes = APIBlueprint("audit", __name__, url_prefix="/api/v1/audit", abp_tags=[{"name": "users"}])


@routes.get("", responses={200: json_of(EntryPage), **problems("invalid_request", "no_accounts")})
def index(query: AuditQuery) -> Response:
    """List what was done, newest first: by anybody, or to those who are no administrators what they did themselves."""
    whose = None if caller().user.role is Role.ADMIN else owner()
    found = list_entries(room().store, whose, query.before, query.limit + 1, query.since)
    items = [Entry.of(one) for one in found[: query.limit]]
    return answer(EntryPage(items=items, next=items[-1].id if len(found) > query.limit else None))
