"""Who may use which route stands in one table, and every blueprint stands in it."""

from api.access import ACCESS, OF_ENDPOINTS, READS_BY_POST, WRITES_BY_GET


def test_every_blueprint_has_its_row_and_every_row_its_blueprint(sqlite_client):
    blueprints = set(sqlite_client.application.blueprints)

    assert blueprints == set(ACCESS)


def test_every_route_belongs_to_a_blueprint(sqlite_client):
    endpoints = {rule.endpoint for rule in sqlite_client.application.url_map.iter_rules()}

    assert {endpoint for endpoint in endpoints if endpoint.partition(".")[0] not in ACCESS} == set()


def test_exceptions_to_what_methods_mean_are_routes_that_there_are(sqlite_client):
    methods = {rule.endpoint: rule.methods for rule in sqlite_client.application.url_map.iter_rules()}

    assert set(methods) > set(OF_ENDPOINTS)
    assert all("POST" in methods[endpoint] for endpoint in READS_BY_POST)
    assert all("GET" in methods[endpoint] for endpoint in WRITES_BY_GET)
