import { useQuery } from "@tanstack/react-query";
import { childrenQuery } from "@/api/jobs";
import type { Job } from "@/api/types";
import { JobProgress } from "@/jobs/JobProgress";
import { awaitsOthers, isUnderWay, STATES, subjectOf } from "@/jobs/states";
import { useTitles } from "@/jobs/useTitles";
import { usePolling } from "@/live/usePolling";
import { colourOf } from "@/ui/kinds";

/** What a reply waits for before its first word: its turn, or what others hear, read and see in the attachments. */
export function WaitsFor({ job }: { job: Job }) {
  const polling = usePolling();
  const isAwaiting = awaitsOthers(job);
  const children = useQuery({ ...childrenQuery(job.id), enabled: isAwaiting, refetchInterval: polling(isAwaiting) });
  const titleOf = useTitles();
  const awaited = isAwaiting ? (children.data ?? []).filter(isUnderWay) : [];
  return (
    <div className="max-w-prose space-y-2">
      <JobProgress job={job} />
      {awaited.length > 0 && (
        <ul aria-label="What the reply waits for" className="text-sm text-quiet">
          {awaited.map((child) => (
            <li key={child.id}>
              <span className={colourOf(child.pipeline)}>{titleOf(child.pipeline)}</span>: {subjectOf(child)} (
              {child.progress?.note || STATES[child.state].label.toLowerCase()})
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
