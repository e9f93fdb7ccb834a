/** Where a draft is kept, so that it outlives the page and others may write one. */
import type { Job, StoredFile } from "@/api/types";
import { keep } from "@/ui/useKept";

export const DRAFT = {
  way: "triptych.way",
  text: "triptych.text",
  files: "triptych.files",
  pipeline: "triptych.pipeline",
  paramsOf: (pipeline: string | undefined) => `triptych.params.${pipeline}`,
} as const;

/** Make the studio's draft out of a job and its stored inputs: the studio shows it when it opens. */
export function draftFrom({ pipeline, params }: Job, files: readonly StoredFile[]): void {
  keep(DRAFT.way, "files");
  keep(DRAFT.files, files);
  keep(DRAFT.pipeline, pipeline);
  keep(DRAFT.paramsOf(pipeline), params);
}
