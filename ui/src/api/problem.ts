import type { FieldProblem, Problem } from "./types";

/** An answer of the API that is not a success (RFC 9457), or no answer at all: `code` is then `unreachable`. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly errors: readonly FieldProblem[];
  /** In how many seconds the server wants to be asked again; null where it does not say. */
  readonly againS: number | null;

  constructor(problem: Partial<Problem>, status: number, againS: number | null = null) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.name = "ApiProblem";
    this.code = problem.code ?? "unknown";
    this.status = status;
    this.errors = problem.errors ?? [];
    this.againS = againS;
  }
}

export const UNREACHABLE = new ApiProblem(
  { code: "unreachable", detail: "The server cannot be reached. Nothing was lost; try again in a moment." },
  0,
);

/** The problem in a response's body, whatever shape the body has; `again` is its header Retry-After. */
export function problemFrom(body: unknown, status: number, again: string | null = null): ApiProblem {
  const told = typeof body === "object" && body !== null ? (body as Partial<Problem>) : {};
  return new ApiProblem(told, status, again !== null && /^\d+$/.test(again) ? Number(again) : null);
}

/** Whatever was thrown, as something that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof TypeError) return UNREACHABLE;
  return new ApiProblem({ detail: error instanceof Error ? error.message : String(error) }, 0);
}
