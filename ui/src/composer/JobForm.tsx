import { Play } from "lucide-react";
import { type FormEvent, type RefObject, useEffect, useRef } from "react";
import { asProblem } from "@/api/problem";
import type { JsonObject, NewJob, Pipeline } from "@/api/types";
import { Button } from "@/ui/Button";
import { useKept } from "@/ui/useKept";
import { DRAFT } from "./draft";
import { ParamsForm, problemsElsewhere } from "./ParamsForm";
import { PipelineChoice } from "./PipelineChoice";
import { Remember } from "./Remember";
import { SubmitProblem } from "./SubmitProblem";
import { TIME_LIMIT, TimeLimit } from "./TimeLimit";
import { type Draft, jobsOf, useSubmit } from "./useSubmit";

interface Props {
  formRef: RefObject<HTMLFormElement>;
  sources: Draft["sources"];
  offered: readonly Pipeline[];
  onAccepted: (body: NewJob) => void;
  onRun: () => void;
}

/** Choose what to do, set it up, run it. */
export function JobForm({ formRef, sources, offered, onAccepted, onRun }: Props) {
  const [name, setName] = useKept(DRAFT.pipeline, "");
  const pipeline = offered.find((one) => one.name === name) ?? offered[0];
  const [params, setParams] = useKept<JsonObject>(DRAFT.paramsOf(pipeline?.name), {});
  const [minutes, setMinutes] = useKept<number | null>(DRAFT.minutesOf(pipeline?.name), null);
  const [remember, setRemember] = useKept(DRAFT.remember, true);
  const submit = useSubmit(onAccepted, onRun);
  const problems = submit.error ? asProblem(submit.error).errors : [];
  useFocusOnProblem(formRef, submit.error);
  if (!pipeline) return null;

  const draft = { pipeline, params, minutes, remember, sources };
  const count = jobsOf(draft).length;
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!submit.isPending) submit.mutate(draft);
  };
  const choose = (next: string) => {
    submit.reset();
    setName(next);
  };
  const change = (set: () => void) => {
    submit.reset(); // what was refused is no more what stands there
    set();
  };
  const schema = pipeline.params_schema as JsonObject;
  const elsewhere = problemsElsewhere(schema, problems).filter(({ where }) => where !== TIME_LIMIT);
  return (
    <form ref={formRef} onSubmit={onSubmit} className="mt-6 space-y-6" noValidate>
      <PipelineChoice offered={offered} chosen={pipeline.name} onChoose={choose} />
      <fieldset>
        <legend className="mb-2 font-display text-lg">How?</legend>
        <ParamsForm
          key={pipeline.name}
          schema={schema}
          params={params}
          problems={problems}
          onChange={(next) => change(() => setParams(next))}
        />
      </fieldset>
      <TimeLimit
        key={`${pipeline.name} limit`}
        pipeline={pipeline}
        minutes={minutes}
        problems={problems}
        onChange={(next) => change(() => setMinutes(next))}
      />
      <Remember remembers={remember} onChange={(next) => change(() => setRemember(next))} />
      {submit.isError && <SubmitProblem error={submit.error} elsewhere={elsewhere} />}
      <Button type="submit" look="primary" icon={Play} disabled={submit.isPending} className="min-h-11 px-6">
        {submit.isPending
          ? "Submitting…"
          : count === 1
            ? `Run: ${pipeline.title}`
            : `Run ${count} jobs: ${pipeline.title}`}
      </Button>
    </form>
  );
}

function useFocusOnProblem(formRef: RefObject<HTMLFormElement>, error: Error | null): void {
  const told = useRef<Error | null>(null);
  useEffect(() => {
    if (error && error !== told.current) formRef.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    told.current = error;
  }, [error, formRef]);
}
