import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "./Button";

interface ErrorNoteProps {
  error: unknown;
  title?: string;
  /** Stands instead of the problem's own message. */
  children?: ReactNode;
  onRetry?: () => void;
}

/** Something went wrong: what, the code to look it up by, and a way to try again. */
export function ErrorNote({ error, title, children, onRetry }: ErrorNoteProps) {
  const problem = asProblem(error);
  return (
    <div role="alert" className="flex flex-wrap items-start gap-3 rounded-lg border border-bad bg-bad-soft p-3 text-sm">
      <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-40 flex-1">
        {title && <p className="font-semibold text-bad">{title}</p>}
        {children || <p>{problem.message}</p>}
        <p className="mt-1 text-quiet">
          Code <code>{problem.code}</code>
        </p>
      </div>
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

export function WarningNote({ children }: { children: ReactNode }) {
  return (
    <div className="flex items-start gap-3 rounded-lg border border-warn bg-warn-soft p-3 text-sm">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}

/** Shown while something is fetched. */
export function Loading({ what }: { what: string }) {
  return (
    <p role="status" className="animate-pulse py-6 text-center text-sm text-quiet">
      Loading {what}…
    </p>
  );
}
