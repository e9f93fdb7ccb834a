import { CircleX } from "lucide-react";
import type { Job } from "@/api/types";
import { WarningNote } from "@/ui/Notes";
import { adviceFor } from "./advice";
import { CachedNote } from "./CachedNote";
import { LastAttempt } from "./LastAttempt";

/** What the user must know of the result: where it is from, warnings, why the job failed or waits again. */
export function JobNotices({ job }: { job: Job }) {
  return (
    <>
      <CachedNote key={job.id} job={job} />
      <LastAttempt job={job} />
      {job.error && (
        <section aria-label="Error" className="flex gap-3 rounded-xl border border-bad bg-bad-soft p-4">
          <CircleX aria-hidden="true" className="mt-0.5 size-5 shrink-0 text-bad" />
          <div className="min-w-0">
            <p className="font-medium">{job.error.message}</p>
            <p className="mt-1 text-sm text-quiet">
              Code <code>{job.error.code}</code>, attempt {job.attempt}. {adviceFor(job.error.code)}
            </p>
          </div>
        </section>
      )}
      {job.warnings.length > 0 && (
        <section aria-label="Warnings" className="space-y-2">
          {job.warnings.map((warning) => (
            <WarningNote key={warning}>{warning}</WarningNote>
          ))}
        </section>
      )}
    </>
  );
}
