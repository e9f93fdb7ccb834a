import { useQuery } from "@tanstack/react-query";
import { attemptsQuery } from "@/api/jobs";
import type { Attempt, Job } from "@/api/types";
import { clock, count, duration, moment } from "@/ui/format";
import { ErrorNote } from "@/ui/Notes";
import { hasHistory } from "./history";

const SHOWN = 5; // a job whose server is away may have hundreds

/** The job's history, the last attempt first; nothing where it would tell no more than the rest of the page. */
export function Attempts({ job }: { job: Job }) {
  const attempts = useQuery({ ...attemptsQuery(job.id), enabled: hasHistory(job) });
  if (!hasHistory(job) || attempts.isPending) return null;
  if (!attempts.data)
    return <ErrorNote error={attempts.error} title="The attempts could not be loaded" onRetry={attempts.refetch} />;
  const ordered = attempts.data.toReversed();
  if (ordered.length < 2 && !ordered[0]?.error) return null; // it waited for others, which is no attempt
  const earlier = ordered.slice(SHOWN);
  return (
    <section aria-labelledby="attempts-title" className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <h2 id="attempts-title" className="mb-2 font-display text-xl">
        Attempts
      </h2>
      <AttemptList attempts={ordered.slice(0, SHOWN)} />
      {earlier.length > 0 && (
        <details className="mt-2 text-sm">
          <summary className="text-quiet">{count(earlier.length, "earlier attempt")}</summary>
          <AttemptList attempts={earlier} />
        </details>
      )}
    </section>
  );
}

function AttemptList({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <ul className="divide-y divide-line text-sm">
      {attempts.map((attempt) => (
        <AttemptRow key={attempt.attempt} attempt={attempt} />
      ))}
    </ul>
  );
}

function AttemptRow({ attempt: { attempt, worker, started_at, ended_at, error } }: { attempt: Attempt }) {
  return (
    <li className="grid gap-x-4 gap-y-0.5 py-2 sm:grid-cols-[7rem_minmax(0,1fr)]">
      <p className="font-medium">Attempt {attempt}</p>
      <div className="min-w-0">
        <p className="text-quiet">
          <time dateTime={started_at} title={moment(started_at)}>
            {clock(started_at)}
          </time>
          {ended_at ? ` to ${clock(ended_at)}, ${lengthOf(started_at, ended_at)}` : ", under way"}, by {worker}
        </p>
        <p className={error ? "text-bad" : ""}>
          {error ? (
            <>
              {error.message} <code className="text-xs">{error.code}</code>
            </>
          ) : (
            ended_at && "Went well"
          )}
        </p>
      </div>
    </li>
  );
}

const lengthOf = (start: string, end: string) => duration((Date.parse(end) - Date.parse(start)) / 1000);
