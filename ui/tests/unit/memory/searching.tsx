/** The page of the search on a memory that answers as a test says. */
import { screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { useLocation, useNavigate } from "react-router";
import type { Hit } from "@/api/types";
import { MemorySearchRoute } from "@/routes/MemorySearchRoute";
import { server } from "../../setup";
import { show } from "../render";
import { found } from "./remembered";

/** Answers each question with what `answer` makes of it, and keeps what was asked. */
export function serve(answer: (asked: Record<string, unknown>) => object): Record<string, unknown>[] {
  const questions: Record<string, unknown>[] = [];
  server.use(
    http.post("*/api/v1/memory/search", async ({ request }) => {
      const asked = (await request.json()) as Record<string, unknown>;
      questions.push(asked);
      return HttpResponse.json(answer(asked));
    }),
  );
  return questions;
}
export const serveHits = (...hits: Hit[]) => serve(() => found(hits));
export const open = (path = "/memory") =>
  show(
    <>
      <Address />
      <MemorySearchRoute />
    </>,
    { path },
  );

/** What the browser shows above the page. */
function Address() {
  const { pathname, search } = useLocation();
  const navigate = useNavigate();
  return (
    <>
      <p data-testid="address">{pathname + search}</p>
      <button type="button" onClick={() => navigate(-1)}>
        Back
      </button>
    </>
  );
}
export const address = () => screen.getByTestId("address").textContent;
export const box = () => screen.getByRole("searchbox", { name: "Search the memory" });
