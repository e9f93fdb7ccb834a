"""Users, for administrators: who has an account, what they may, how much they may take."""

from http import HTTPStatus

from flask import Response
from flask_openapi.blueprint import APIBlueprint

from api.answers import answer
from api.asking import actor
from api.room import room
from api.routes.asked import asked_body
from api.routes.documented import JSON_BODY, body, json_of, problems
from api.schemas.users import Account, AccountChange, AccountPage, AccountPath, AccountsQuery
from triptych.accounts.users import change_user, delete_user, list_users

routes = APIBlueprint("users", __name__, url_prefix="/api/v1/users", abp_tags=[{"name": "users"}])


@routes.get("", responses={200: json_of(AccountPage), **problems("invalid_request", "no_accounts")})
def index(query: AccountsQuery) -> Response:
    """List users, in the order of their ids."""
    found = list_users(room().store, query.cursor, query.limit + 1, since=query.after_s, before=query.before_s)
    items = [Account.of(one) for one in found[: query.limit]]
    return answer(AccountPage(items=items, next=items[-1].id if len(found) > query.limit else None))


@routes.patch(
    "/<user_id>",
    request_body=body(json="AccountChange"),
    responses={200: json_of(Account), **problems(*JSON_BODY, "not_found", "no_accounts", "last_admin")},
)
def change(path: AccountPath) -> Response:
    """Change a user's role or quotas, or disable them: that ends their sessions and refuses their keys."""
    asked = asked_body(AccountChange)
    changed = room().writer.change(change_user, room().store, actor(), path.user_id, asked.columns())
    return answer(Account.of(changed))


@routes.delete(
    "/<user_id>",
    responses={
        204: {"description": "Deleted"},
        **problems("invalid_request", "not_found", "no_accounts", "last_admin", "owns_things"),
    },
)
def delete(path: AccountPath) -> Response:
    """Delete a user who has nothing any more. Who still has something can be disabled."""
    room().writer.change(delete_user, room().store, actor(), path.user_id)
    return Response(status=HTTPStatus.NO_CONTENT)
