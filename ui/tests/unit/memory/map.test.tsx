import { act, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { HttpResponse, http } from "msw";
import { Route, Routes, useParams } from "react-router";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Job } from "@/api/types";
import { dataOf } from "@/memory/map/chart";
import { HEIGHT, isOfUse, type MapPoint, onScreen, WIDTH, wholeOf, zoomed } from "@/memory/map/plane";
import { MemoryMapRoute } from "@/routes/MemoryMapRoute";
import { server } from "../../setup";
import { problem } from "../api";
import { aJob } from "../examples";
import { show } from "../render";
import { aStatus, memoryApi } from "./remembered";

// jsdom lays nothing out and paints nothing: a page of the drawing's size, whose canvas takes every stroke.
const contextOf = (canvas: HTMLCanvasElement) =>
  new Proxy({ canvas } as CanvasRenderingContext2D, {
    get: (context, name) => {
      if (name in context) return context[name as keyof CanvasRenderingContext2D];
      return name === "measureText" ? () => ({ width: 0 }) : () => undefined;
    },
  });
beforeEach(() => {
  server.use(...memoryApi());
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockImplementation(function (this: HTMLCanvasElement) {
    return contextOf(this) as never; // of any kind of context
  });
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(new DOMRect(0, 0, WIDTH, HEIGHT));
});

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

  test("opens what is clicked", async () => {
    serve(MADE);
    open();
    const [clientX, clientY] = onScreen({ x: 10, y: 10 }, wholeOf(POINTS));

    fireEvent.click(await screen.findByRole("application"), { clientX, clientY });

    expect(await screen.findByText("Opened far")).toBeInTheDocument();
  });

  test("that is dragged opens nothing until it is clicked", async () => {
    serve(MADE);
    open();
    const map = await screen.findByRole("application");
    const [near = 0, far = 0] = [0, 10].map((at) => onScreen({ x: at, y: at }, wholeOf(POINTS))[0]);
    const [top, bottom] = [0, 10].map((at) => onScreen({ x: at, y: at }, wholeOf(POINTS))[1]);

    fireEvent.pointerDown(map, { clientX: far, clientY: bottom });
    fireEvent.pointerMove(map, { clientX: far + 100, clientY: bottom });
    fireEvent.pointerUp(map, { clientX: far + 100, clientY: bottom });
    fireEvent.click(map, { clientX: far + 100, clientY: bottom });
    await act(() => new Promise(requestAnimationFrame)); // a frame hears one event
    fireEvent.pointerDown(map, { clientX: near + 100, clientY: top });
    fireEvent.click(map, { clientX: near + 100, clientY: top });

    expect(await screen.findByText("Opened near")).toBeInTheDocument();
  });

  test("is moved and zoomed by the keyboard", async () => {
    serve(MADE);
    open();
    (await screen.findByRole("application")).focus();

    await userEvent.keyboard("{ArrowRight>4/}{ArrowDown}");

    expect(screen.getByText(/^The map as a table: 1 memory in sight of 3/)).toBeInTheDocument();
  });

  test("is zoomed by the wheel where the pointer is, and lets the page scroll when all is in sight", async () => {
    serve(MADE);
    open();
    const map = await screen.findByRole("application");
    const [clientX, clientY] = onScreen({ x: 10, y: 10 }, wholeOf(POINTS));
    const turn = (deltaY: number) => fireEvent.wheel(map, { clientX, clientY, deltaY });

    const scrolled = [turn(100), turn(-1000), turn(100)];

    expect(scrolled).toEqual([true, false, false]);
    const summary = screen.getByText(/^The map as a table: 1 memory in sight of 3/);
    await userEvent.click(summary);
    expect(screen.getByRole("link", { name: "far.txt" })).toBeInTheDocument();
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

  test("of an empty memory is not made, and it is said how that is filled", async () => {
    serve(null);
    server.use(http.get("*/api/v1/memory/status", () => HttpResponse.json(aStatus({ memories: 0 }))));

    open();

    expect(await screen.findByText(/Nothing is remembered yet/)).toBeInTheDocument();
    expect(screen.queryByRole("button", { name: "Make the map" })).not.toBeInTheDocument();
  });

  test("that was not made says why", async () => {
    serve(aJob({ ...MADE, state: "failed", outputs: [], error: { code: "no_vectors", message: "Nothing to draw." } }));

    open();

    expect(await screen.findByRole("alert")).toHaveTextContent("Nothing to draw.Code no_vectors");
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

  test("is seen from no nearer and no further than is of use", () => {
    const whole = wholeOf(POINTS);

    const useful = [2000, 900, 1, 0.3, 0.2].map((factor) => isOfUse(zoomed(whole, factor), whole));

    expect(useful).toEqual([false, true, true, true, false]);
  });
});

test("each modality is drawn in a colour and a shape of its own", () => {
  const colours = { sound: "teal", picture: "orange", text: "purple", ink: "black", paper: "white" };

  const { datasets } = dataOf(POINTS, colours, WIDTH);

  const looks = datasets.map(({ label, data, backgroundColor, pointStyle }) => [
    label,
    data.map(({ id }) => id).join(),
    backgroundColor,
    pointStyle,
  ]);
  expect(looks).toEqual([
    ["Sound", "sound", "teal", "circle"],
    ["Pictures", "far", "orange", "rect"],
    ["Text", "near", "purple", "triangle"],
  ]);
});
