import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { jobQuery } from "@/api/jobs";
import type { Job, Model } from "@/api/types";
import { JobProgress } from "@/jobs/JobProgress";
import { isUnderWay } from "@/jobs/states";
import { usePolling } from "@/live/usePolling";
import { bytes, count } from "@/ui/format";
import { ModelActions } from "./ModelActions";

/** One model: what it takes, where it is, and the job that brings it. */
export function ModelRow({ model }: { model: Model }) {
  const { job, watch } = usePullJob(model);
  const isComing = job ? isUnderWay(job) : model.pull !== null;
  return (
    <li className="rounded-xl border border-line bg-panel px-4 py-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h3 className="min-w-0 font-medium break-all">{model.name}</h3>
        <span className={`text-sm ${model.present ? "text-good" : "text-quiet"}`}>
          {model.present ? "Here" : isComing ? "On its way" : "Not here"}
        </span>
      </div>
      <Facts model={model} />
      {job && isComing && <JobProgress job={job} />}
      {job?.state === "failed" && !model.present && <WhyNot job={job} />}
      {job?.state === "succeeded" &&
        job.warnings.map((one) => (
          <p key={one} className="text-sm text-warn">
            {one}
          </p>
        ))}
      <ModelActions model={model} job={isComing ? (job ?? null) : null} isComing={isComing} onPull={watch} />
    </li>
  );
}

/** The job that brings the model, or brought it while this page was open: it is told on after its end. */
function usePullJob({ pull }: Model) {
  const [watched, setWatched] = useState<string | null>(pull?.job_id ?? null);
  if (pull && pull.job_id !== watched) setWatched(pull.job_id);
  const polling = usePolling();
  const { data } = useQuery({
    ...jobQuery(watched ?? ""),
    enabled: watched !== null,
    refetchInterval: ({ state: { data: job } }) => polling(job !== undefined && isUnderWay(job)),
  });
  return { job: data, watch: (job: Job) => setWatched(job.id) };
}

function WhyNot({ job }: { job: Job }) {
  return (
    <p role="alert" className="mt-1 text-sm text-bad">
      It was not brought: {job.error?.message}{" "}
      <Link to={`/jobs/${job.id}`} className="underline underline-offset-4">
        The job
      </Link>
    </p>
  );
}

function Facts({ model }: { model: Model }) {
  const { engine, licence, size_bytes, memory_bytes, loaded, where, present } = model;
  const facts: [string, string | null][] = [
    ["Engine", engine],
    ["Licence", licence ?? "licence not known"],
    ["On disk", size_bytes === null ? null : bytes(size_bytes)],
    ["In memory", memory_bytes === null ? null : `${bytes(memory_bytes)} when loaded`],
    ["Comes with", where === "models" ? null : `the package ${where}`],
    ["Loaded by", loaded.length ? `${count(loaded.length, "process", "processes")}: ${placesOf(model)}` : null],
  ];
  return (
    <dl className="mt-1 flex flex-wrap gap-x-4 text-sm text-quiet">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name} className="flex min-w-0 gap-1">
              <dt className={name === "Licence" || name === "Engine" ? "sr-only" : ""}>{name}</dt>
              <dd className="min-w-0 break-words text-ink">{value}</dd>
            </div>
          ),
      )}
      {!present && size_bytes === null && where !== "models" && <div>Install that package to have it.</div>}
    </dl>
  );
}

const placesOf = ({ loaded }: Model): string =>
  loaded.map(({ worker, process_id, size_bytes }) => `${worker} (${process_id}, ${bytes(size_bytes)})`).join(", ");
