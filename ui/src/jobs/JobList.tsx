import type { RefObject } from "react";
import type { Job, JobState } from "@/api/types";
import { Button } from "@/ui/Button";
import { BulkActions } from "./BulkActions";
import { JobRow } from "./JobRow";
import { StateFilter } from "./StateFilter";
import { STATES } from "./states";

interface Props {
  titleRef: RefObject<HTMLHeadingElement>;
  jobs: readonly Job[];
  titleOf: (pipeline: string) => string;
  filter: JobState | null;
  onFilter: (state: JobState | null) => void;
  /** Null when there is no more. */
  onMore: (() => void) | null;
  isFetchingMore: boolean;
}

export function JobList({ titleRef, jobs, titleOf, filter, onFilter, onMore, isFetchingMore }: Props) {
  return (
    <section aria-labelledby="jobs-title">
      <div className="mb-3 flex items-end justify-between gap-3">
        <h2 ref={titleRef} tabIndex={-1} id="jobs-title" className="scroll-mt-4 font-display text-2xl outline-none">
          Jobs
        </h2>
        <StateFilter chosen={filter} onChoose={onFilter} />
      </div>
      {filter && <BulkActions state={filter} isEmpty={jobs.length === 0} onDone={() => titleRef.current?.focus()} />}
      {jobs.length === 0 ? (
        <p className="rounded-xl border border-dashed border-line p-8 text-center text-quiet">
          {filter
            ? `No job is ${STATES[filter].label.toLowerCase()}.`
            : "No jobs yet. What you start appears here and moves by itself."}
        </p>
      ) : (
        <ul className="space-y-2">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} title={titleOf(job.pipeline)} />
          ))}
        </ul>
      )}
      {onMore && (
        <Button className="mt-3 w-full" onClick={onMore} disabled={isFetchingMore}>
          {isFetchingMore ? "Loading…" : "Show older jobs"}
        </Button>
      )}
    </section>
  );
}
