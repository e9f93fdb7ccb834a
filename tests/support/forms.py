"""Multipart forms written out byte for byte: test clients write empty files in a way that no browser does."""

TYPE = "multipart/form-data; boundary=b"


def form_of(content: bytes, name: str, **fields: str) -> bytes:
    """A form with the text fields first and one file behind them."""
    texts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{fields[key]}\r\n' for key in fields]
    head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return "".join([*texts, head]).encode() + content + b"\r\n--b--\r\n"
