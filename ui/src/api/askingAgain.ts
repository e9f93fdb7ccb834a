/** When a query that failed is asked again: as the server says, else a few times when it did not answer at all. */
import { ApiProblem } from "./problem";

const WHEN_UNANSWERED = 2;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000; // a proxy may name hours, and be back before
const SPREAD_MS = 2000; // every page and every query hears of the same moment

type Held = ApiProblem & { againS: number };

/** Whether the server will answer, but not yet: too much is asked, or something that it needs is away. */
export const isAskedToWait = (error: unknown): error is Held =>
  error instanceof ApiProblem && (error.status === 429 || error.status === 503) && error.againS !== null;

/** Whether to ask again; one that waits as it was asked to gives up never, or somebody would have to come and look. */
export function triesAgain(failures: number, error: unknown): boolean {
  if (isAskedToWait(error)) return true;
  return failures < WHEN_UNANSWERED && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500);
}

/** How long to wait before asking again. */
export function pauseMs(failures: number, error: unknown, random: () => number): number {
  if (!isAskedToWait(error)) return FIRST_PAUSE_MS * 2 ** failures;
  return Math.min(Math.max(error.againS * 1000, FIRST_PAUSE_MS), LONGEST_PAUSE_MS) + random() * SPREAD_MS;
}

/** Why it waits, for people. */
export const whyHeldUp = ({ code }: ApiProblem): string =>
  code === "rate_limited"
    ? "More is being asked in your name than this server answers in a minute, perhaps by a program of yours."
    : "The server is busy, or something that it needs is away for a moment.";
