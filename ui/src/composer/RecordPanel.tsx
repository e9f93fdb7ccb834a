import { useQuery } from "@tanstack/react-query";
import { pipelinesQuery } from "@/api/pipelines";
import type { JsonObject } from "@/api/types";
import { useKept } from "@/ui/useKept";
import { DRAFT } from "./draft";
import { LiveRecordPanel } from "./LiveRecordPanel";
import { ParamsForm } from "./ParamsForm";
import { PlainRecordPanel } from "./PlainRecordPanel";

const LISTEN = "audio.listen";

/** Record from the microphone: a file of the draft, or a job whose words appear while they are spoken. */
export function RecordPanel({ onRecorded }: { onRecorded: (file: File) => void }) {
  const [isLive, setLive] = useKept(DRAFT.live, false);
  const [params, setParams] = useKept<JsonObject>(DRAFT.paramsOf(LISTEN), {});
  const listen = useQuery(pipelinesQuery).data?.find(({ name }) => name === LISTEN);
  if (!listen) return <PlainRecordPanel onRecorded={onRecorded} />;
  const choice = (
    <label className="flex items-center justify-center gap-2 text-sm">
      <input
        type="checkbox"
        checked={isLive}
        onChange={({ target }) => setLive(target.checked)}
        className="size-4 accent-accent"
      />
      Show my words while I speak
    </label>
  );
  if (!isLive) return <PlainRecordPanel onRecorded={onRecorded}>{choice}</PlainRecordPanel>;
  return (
    <LiveRecordPanel params={params} onRecorded={onRecorded}>
      {choice}
      <details className="w-full text-left">
        <summary className="cursor-pointer text-center text-sm text-quiet">How it is heard</summary>
        <div className="mt-3">
          <ParamsForm schema={listen.params_schema as JsonObject} params={params} problems={[]} onChange={setParams} />
        </div>
      </details>
    </LiveRecordPanel>
  );
}
