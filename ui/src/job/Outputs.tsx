import { Download } from "lucide-react";
import { useState } from "react";
import type { Job, JobOutput } from "@/api/types";
import { bytes } from "@/ui/format";
import { kindOfFile } from "@/ui/mediaTypes";
import { viewerOf } from "@/viewers/table";

/** The results: the richest in its viewer, the others folded, each to download. */
export function Outputs({ job }: { job: Job }) {
  const ranked = [...job.outputs].sort((a, b) => viewerOf(a, job).rank - viewerOf(b, job).rank);
  const [first] = ranked;
  if (!first) return null;
  const Viewer = viewerOf(first, job).view;
  return (
    <>
      <section aria-labelledby="result-title" className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
        <h2 id="result-title" className="mb-4 font-display text-xl">
          {viewerOf(first, job).title}
        </h2>
        <Viewer key={`${first.url} ${job.attempt}`} output={first} job={job} />
      </section>
      <section aria-labelledby="files-title" className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
        <h2 id="files-title" className="mb-2 font-display text-xl">
          Result files
        </h2>
        <ul className="divide-y divide-line">
          {[...ranked].sort(byReader).map((output) => (
            <OutputRow key={output.name} output={output} job={job} isShown={output === first} />
          ))}
        </ul>
      </section>
    </>
  );
}

/** What people read stands before what programs read. */
const byReader = (a: JobOutput, b: JobOutput) => Number(isData(a)) - Number(isData(b));
const isData = ({ media_type }: JobOutput) => /[/+]json\b/.test(media_type);

function OutputRow({ output, job, isShown }: { output: JobOutput; job: Job; isShown: boolean }) {
  const [isOpen, setIsOpen] = useState(false);
  const Viewer = viewerOf(output, job).view;
  return (
    <li className="py-2">
      <div className="flex flex-wrap items-center gap-x-4">
        <a
          href={output.url}
          download={output.name}
          aria-label={`Download ${output.name}`}
          className="inline-flex min-h-9 items-center gap-2 font-medium text-accent underline-offset-4 hover:underline"
        >
          <Download aria-hidden="true" className="size-4" />
          {output.name}
        </a>
        <span className="text-sm text-quiet">
          {kindOfFile(output.media_type)}, {bytes(output.size_bytes)}
        </span>
      </div>
      {!isShown && (
        <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
          <summary className="text-sm text-quiet">
            Show <span className="sr-only">{output.name}</span>
          </summary>
          <div className="pt-3">{isOpen && <Viewer output={output} job={job} />}</div>
        </details>
      )}
    </li>
  );
}
