/** Where a draft is kept, so that it outlives the page and others may write one. */
import type { Job, StoredFile } from "@/api/types";
import { keep } from "@/ui/useKept";

export const DRAFT = {
  way: "triptych.way",
  text: "triptych.text",
  files: "triptych.files",
  asking: "triptych.asking",
  pipeline: "triptych.pipeline",
  live: "triptych.live",
  remember: "triptych.remember",
  minutesOf: (pipeline: string | undefined) => `triptych.minutes.${pipeline}`,
  paramsOf: (pipeline: string | undefined) => `triptych.params.${pipeline}`,
} as const;

/**
 * Make the studio's draft out of a job and its stored inputs: the studio shows it when it opens. `ownLimit_s` is the
 * pipeline's own time limit, which need not be asked for.
 */
export function draftFrom(job: Job, files: readonly StoredFile[], ownLimit_s: number | undefined): void {
  const { pipeline, params, time_limit_s } = job;
  keep(DRAFT.way, "files");
  keep(DRAFT.files, files);
  keep(DRAFT.asking, !files.length);
  keep(DRAFT.pipeline, pipeline);
  keep(DRAFT.paramsOf(pipeline), params);
  keep(DRAFT.minutesOf(pipeline), time_limit_s === ownLimit_s ? null : time_limit_s / 60);
}
