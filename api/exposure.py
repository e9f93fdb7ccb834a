"""Where the API may listen: without accounts, where nobody else can reach it."""

from ipaddress import ip_address

from triptych.settings import BadSettings, Settings


def refuse_exposure(settings: Settings) -> None:
    """Raise BadSettings when the API would listen on anything but loopback: there is no login yet."""
    if not _is_loopback(settings.host):
        raise BadSettings(
            f"TRIPTYCH_HOST={settings.host!r} would open the API to others, and there are no accounts yet: "
            "use 127.0.0.1, and a tunnel, or a proxy with a login that rewrites Host and Origin to "
            f"http://127.0.0.1:{settings.port}, since other names are not answered"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
