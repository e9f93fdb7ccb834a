import { screen } from "@testing-library/react";
import { HttpResponse, http, ws } from "msw";
import { expect, test } from "vitest";
import { LiveProvider } from "@/live/LiveProvider";
import { MemoryRoute } from "@/routes/MemoryRoute";
import { server } from "../../setup";
import { anEvent } from "../examples";
import { show } from "../render";
import { aStatus } from "./remembered";

test("what is remembered is counted anew when a job was indexed", async () => {
  const socket = ws.link("ws://localhost:8000/api/v1/socket");
  const told = { status: aStatus({ memories: 1, indexing: 1 }) };
  let tell = (_message: object) => {};
  server.use(
    socket.addEventListener("connection", ({ client }) => {
      tell = (message) => client.send(JSON.stringify(message));
      tell({ type: "hello", id: "5" });
    }),
    http.get("*/api/v1/memory/status", () => HttpResponse.json(told.status)),
  );
  show(
    <LiveProvider>
      <MemoryRoute />
    </LiveProvider>,
    { path: "/memory" },
  );
  await screen.findByText(/^1 memory of 3 sources. 1 job still to be remembered/);
  told.status = aStatus({ memories: 7 });

  const end = { state: "succeeded" as const, error: null, warnings: [], cached: false, attempt: 1 };
  tell({ ...anEvent("job.finished", end), id: "6", pipeline: "memory.index" });

  expect(await screen.findByText("7 memories of 3 sources.")).toBeInTheDocument();
});
