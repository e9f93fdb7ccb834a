import { useQuery } from "@tanstack/react-query";
import type { RefObject } from "react";
import { needsNothing, pipelinesFor, pipelinesQuery } from "@/api/pipelines";
import type { NewJob } from "@/api/types";
import { kindOfFile } from "@/ui/mediaTypes";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { AskAlone } from "./AskAlone";
import { Catalogue } from "./Catalogue";
import { JobForm } from "./JobForm";
import type { Draft } from "./useSubmit";

interface Props {
  formRef: RefObject<HTMLFormElement>;
  sources: Draft["sources"];
  mediaTypes: readonly string[];
  onAccepted: (body: NewJob) => void;
  onRun: () => void;
}

/** What comes after the sources: nothing yet, nothing possible, or the form. */
export function NextStep({ formRef, sources, mediaTypes, onAccepted, onRun }: Props) {
  const pipelines = useQuery(pipelinesQuery);
  if (pipelines.isPending) return <Loading what="what can be done" />;
  if (pipelines.isError)
    return <ErrorNote error={pipelines.error} title="The pipelines could not be loaded" onRetry={pipelines.refetch} />;
  const offered = pipelinesFor(pipelines.data, mediaTypes);
  const kinds = [...new Set(mediaTypes.map(kindOfFile))];
  const isEmpty = mediaTypes.length === 0;
  if (!isEmpty && !offered.length)
    return (
      <div role="status" className="mt-4">
        <WarningNote>
          Nothing here takes {mediaTypes.length === 1 ? kinds[0] : `these together: ${kinds.join(", ")}`}.
          {mediaTypes.length > 1 && " Remove files until they are of one kind."}
        </WarningNote>
      </div>
    );
  if (isEmpty) {
    const asking = pipelines.data.find(needsNothing);
    return (
      <>
        {asking && <AskAlone formRef={formRef} pipeline={asking} onAccepted={onAccepted} onRun={onRun} />}
        <Catalogue pipelines={pipelines.data} />
      </>
    );
  }
  return <JobForm formRef={formRef} sources={sources} offered={offered} onAccepted={onAccepted} onRun={onRun} />;
}
