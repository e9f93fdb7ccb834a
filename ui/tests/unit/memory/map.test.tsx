import { fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { Route, Routes, useParams } from "react-router";
import { describe, expect, test } from "vitest";
import type { Job } from "@/api/types";
import { type MapPoint, nearest, onScreen, pathOf, wholeOf, zoomed } from "@/memory/map/plane";
import { MemoryMapRoute } from "@/routes/MemoryMapRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob } from "../examples";
import { show } from "../render";

const aPoint = (id: string, x: number, y: number, part: Partial<MapPoint> = {}): MapPoint => ({
  id,
  x,
  y,
  modality: "text",
  kind: "passage",
  title: `${id}.txt`,
  text: `Words of ${id}.`,
  ...part,
});
const POINTS = [
  aPoint("near", 0, 0),
  aPoint("sound", 1, 1, { modality: "audio" }),
  aPoint("far", 10, 10, { modality: "image" }),
];
const output = {
  name: "map.json",
  media_type: "application/vnd.triptych.map+json",
  size_bytes: 9,
  url: "/api/v1/jobs/job-1/outputs/map.json",
};
const MADE = aJob({ pipeline: "memory.map", state: "succeeded", inputs: [], outputs: [output] });

function serve(job: Job | null) {
  server.use(
    http.get("*/api/v1/memory/map", () => HttpResponse.json(job)),
    http.get(`*${output.url}`, () => HttpResponse.json({ points: POINTS, method: "t-SNE" })),
  );
}
function Opened() {
  return <p>Opened {useParams().id}</p>;
}
const open = () =>
  show(
    <Routes>
      <Route path="memory/map" element={<MemoryMapRoute />} />
      <Route path="memory/:id" element={<Opened />} />
    </Routes>,
    { path: "/memory/map" },
  );

describe("the map", () => {
  test("is the same as a table of links, which follows what is in sight", async () => {
    serve(MADE);
    open();
    const summary = await screen.findByText(/^The map as a table: 3 memories in sight of 3/);

    await userEvent.click(screen.getByRole("button", { name: "Zoom in" }));
    await userEvent.click(screen.getByRole("button", { name: "Zoom in" }));

    expect(summary).toHaveTextContent("0 memories in sight of 3");
    await userEvent.click(screen.getByRole("button", { name: "Show all of the map" }));
    await userEvent.click(summary);
    const table = within(screen.getByRole("table", { name: "Memories that are in sight" }));
    expect(table.getByRole("link", { name: "far.txt" })).toHaveAttribute("href", "/memory/far");
    expect(table.getByRole("row", { name: /far.txt/ })).toHaveTextContent("far.txtPicturesWords of far.");
  });

  test("tells what is pointed at, and opens it by a click", async () => {
    serve(MADE);
    open();
    const map = await screen.findByRole("application");
    const [clientX, clientY] = onScreen({ x: 10, y: 10 }, wholeOf(POINTS));
    fireEvent.pointerMove(map, { clientX, clientY });
    expect(screen.getByText("far.txt", { selector: "figcaption *" })).toBeInTheDocument();

    fireEvent.pointerDown(map, { clientX, clientY });
    fireEvent.pointerUp(map, { clientX, clientY });

    expect(await screen.findByText("Opened far")).toBeInTheDocument();
  });

  test("that is dragged opens nothing", async () => {
    serve(MADE);
    open();
    const map = await screen.findByRole("application");
    const [clientX, clientY] = onScreen({ x: 10, y: 10 }, wholeOf(POINTS));

    fireEvent.pointerDown(map, { clientX: clientX - 300, clientY });
    fireEvent.pointerMove(map, { clientX, clientY });
    fireEvent.pointerUp(map, { clientX, clientY });

    expect(screen.queryByText(/^Opened/)).not.toBeInTheDocument();
    expect(screen.getByText(/^The map as a table: 2 memories in sight of 3/)).toBeInTheDocument();
  });

  test("is moved and zoomed by the keyboard", async () => {
    serve(MADE);
    open();
    (await screen.findByRole("application")).focus();

    await userEvent.keyboard("{ArrowRight>4/}{ArrowDown}");

    expect(screen.getByText(/^The map as a table: 1 memory in sight of 3/)).toBeInTheDocument();
  });

  test("is made when it is asked for, and shows how far it is", async () => {
    serve(null);
    const running = aJob({ ...MADE, state: "running", outputs: [], progress: { fraction: 0.4, note: "laying out" } });
    server.use(
      http.post("*/api/v1/memory/map", () => {
        serve(running);
        return HttpResponse.json(running, { status: 202 });
      }),
    );
    open();

    await userEvent.click(await screen.findByRole("button", { name: "Make the map" }));

    expect(await screen.findByText("laying out")).toBeInTheDocument();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "40");
    expect(screen.getByRole("button", { name: "Make it anew" })).toBeDisabled();
  });

  test("that was not made says why", async () => {
    serve(aJob({ ...MADE, state: "failed", outputs: [], error: { code: "no_vectors", message: "Nothing to draw." } }));

    open();

    expect(await screen.findByRole("alert")).toHaveTextContent("Nothing to draw.");
    expect(screen.getByRole("button", { name: "Make it anew" })).toBeEnabled();
  });

  test("that cannot be asked for says why", async () => {
    serve(null);
    server.use(http.post("*/api/v1/memory/map", () => problem(429, { code: "quota_exceeded", detail: "Too many." })));
    open();

    await userEvent.click(await screen.findByRole("button", { name: "Make the map" }));

    expect(await screen.findByRole("alert")).toHaveTextContent("Too many.");
  });
});

describe("the plane", () => {
  test("shows all points, however they lie", () => {
    const line = [aPoint("a", -3, 5), aPoint("b", 900, 5)];

    const places = line.map((point) => onScreen(point, wholeOf(line)));

    expect(places.map(([left, top]) => [Math.round(left), Math.round(top)])).toEqual([
      [41, 300],
      [859, 300],
    ]);
  });

  test("of a single point and of none has a place for it", () => {
    expect(onScreen({ x: 4, y: 2 }, wholeOf([aPoint("only", 4, 2)])).map(Math.round)).toEqual([450, 300]);
    expect(wholeOf([]).width).toBeGreaterThan(0);
  });

  test("keeps the place that it is zoomed at", () => {
    const view = wholeOf(POINTS);
    const place = onScreen({ x: 10, y: 10 }, view);

    const nearer = onScreen({ x: 10, y: 10 }, zoomed(view, 8, place));

    expect(nearer.map((one) => one.toFixed(6))).toEqual(place.map((one) => one.toFixed(6)));
  });

  test("finds the nearest point within reach, and none beyond", () => {
    const view = wholeOf(POINTS);
    const [left, top] = onScreen({ x: 1, y: 1 }, view);

    expect(nearest(POINTS, view, [left + 3, top])?.id).toBe("sound");
    expect(nearest(POINTS, view, [left + 100, top])).toBeNull();
  });

  test("draws the points of one modality that are in sight", () => {
    const view = wholeOf(POINTS);

    const moves = (modality: MapPoint["modality"], at = view) => pathOf(POINTS, modality, at).match(/M/g)?.length ?? 0;

    expect([moves("text"), moves("audio"), moves("image")]).toEqual([1, 1, 1]);
    expect(moves("image", zoomed(view, 10))).toBe(0);
  });

  test("takes as many points as a map may have", () => {
    const many = Array.from({ length: 20_000 }, (_, at) => aPoint(String(at), at % 173, at % 149));

    expect(pathOf(many, "text", wholeOf(many)).length).toBeGreaterThan(400_000);
  });
});
