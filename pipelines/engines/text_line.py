"""What a reader of pictures answers: lines of text and where they stand."""

from dataclasses import dataclass

from pipelines.contract import JsonObject

Point = tuple[float, float]  # x, y in pixels of the upright picture


Region = tuple[Point, Point, Point, Point]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text. ``polygon``: its four corners clockwise from the text's own top left; ``confidence`` in 0..1."""

    text: str
    confidence: float
    polygon: tuple[Point, Point, Point, Point]

    def box(self) -> dict[str, int]:
        """The upright rectangle around the polygon, in pixels."""
        xs, ys = [x for x, _ in self.polygon], [y for _, y in self.polygon]
        left, top = round(min(xs)), round(min(ys))
        return {"x": left, "y": top, "width": round(max(xs)) - left, "height": round(max(ys)) - top}

    def body(self) -> JsonObject:
        """The line as a part."""
        return {"text": self.text, "confidence": round(self.confidence, 4), "box": self.box()}
