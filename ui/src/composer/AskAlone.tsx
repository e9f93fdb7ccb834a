import { useQuery } from "@tanstack/react-query";
import { MessageCircleQuestion } from "lucide-react";
import type { RefObject } from "react";
import { modelsQuery, whyNobodyAnswers } from "@/api/models";
import type { NewJob, Pipeline } from "@/api/types";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { useKept } from "@/ui/useKept";
import { DRAFT } from "./draft";
import { JobForm } from "./JobForm";
import { sentenceOf } from "./sentence";

interface Props {
  formRef: RefObject<HTMLFormElement>;
  pipeline: Pipeline;
  onAccepted: (body: NewJob) => void;
  onRun: () => void;
}

/** A question that no document comes with: its form where a language model can be asked, else why none can. */
export function AskAlone({ pipeline, onAccepted, ...form }: Props) {
  const [isOpen, setOpen] = useKept(DRAFT.asking, false);
  const accepted = (body: NewJob) => {
    setOpen(false);
    onAccepted(body);
  };
  return (
    <div className="mt-4">
      <Button icon={MessageCircleQuestion} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Ask a question without a document
      </Button>
      {isOpen && <Asking {...form} pipeline={pipeline} onAccepted={accepted} />}
    </div>
  );
}

function Asking({ pipeline, ...form }: Props) {
  const told = useQuery(modelsQuery);
  if (told.isPending) return <Loading what="who can answer" />;
  if (told.isError)
    return <ErrorNote error={told.error} title="Who can answer could not be loaded" onRetry={told.refetch} />;
  const why = whyNobodyAnswers(told.data.items);
  if (why === null) return <JobForm {...form} sources={{ files: [] }} offered={[pipeline]} />;
  return (
    <div role="status" className="mt-3">
      <WarningNote>
        <p>No language model can be asked. {sentenceOf(why)}</p>
        <p>With documents, their best sentences can be quoted: choose files or write the text.</p>
      </WarningNote>
    </div>
  );
}
