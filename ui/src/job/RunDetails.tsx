import type { ReactNode } from "react";
import type { Job } from "@/api/types";
import { bytes, duration, moment } from "@/ui/format";
import { kindOfFile } from "@/ui/mediaTypes";

/** The small print: inputs, parameters, result, times. */
export function RunDetails({ job }: { job: Job }) {
  return (
    <details className="rounded-2xl border border-line bg-panel p-4 sm:p-6">
      <summary className="font-display text-xl">Details</summary>
      <dl className="mt-3 grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[8rem_minmax(0,1fr)]">
        <Row name="Inputs">
          {job.inputs.length === 0 && "Text"}
          <ul>
            {job.inputs.map((input) => (
              <li key={input.file_id}>
                <a href={input.url} download={input.name} className="text-accent underline underline-offset-4">
                  {input.name}
                </a>{" "}
                <span className="text-quiet">
                  {kindOfFile(input.media_type)}, {bytes(input.size_bytes)}
                </span>
              </li>
            ))}
          </ul>
        </Row>
        <Row name="Created">{moment(job.created_at)}</Row>
        {job.started_at && <Row name="Waited">{between(job.created_at, job.started_at)}</Row>}
        {job.started_at && job.finished_at && <Row name="Worked">{between(job.started_at, job.finished_at)}</Row>}
        <Row name="Lane">
          {job.lane}, {job.priority}, attempt {job.attempt}
        </Row>
        <Row name="Time limit">{duration(job.time_limit_s)} an attempt</Row>
        <Row name="Parameters">
          <Json value={job.params} />
        </Row>
        {job.result && (
          <Row name="Result">
            <Json value={job.result} />
          </Row>
        )}
        <Row name="Job id">
          <code>{job.id}</code>
        </Row>
      </dl>
    </details>
  );
}

const between = (start: string, end: string) => duration((Date.parse(end) - Date.parse(start)) / 1000);

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-quiet">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function Json({ value }: { value: unknown }) {
  return (
    <pre className="overflow-x-auto whitespace-pre-wrap rounded-md bg-sunken p-2 text-xs">
      {JSON.stringify(value, null, 2)}
    </pre>
  );
}
