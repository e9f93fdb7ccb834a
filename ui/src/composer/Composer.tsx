import { useRef } from "react";
import { useKept } from "@/ui/useKept";
import { DraftFiles } from "./DraftFiles";
import { DRAFT } from "./draft";
import { FilesPanel } from "./FilesPanel";
import { NextStep } from "./NextStep";
import { RecordPanel } from "./RecordPanel";
import { TextPanel } from "./TextPanel";
import { useDroppedFiles } from "./useDroppedFiles";
import { useUploads } from "./useUploads";
import { type Way, WaysIn } from "./WaysIn";

/** Where work begins: three ways in, what to do with it, and off it goes. */
export function Composer({ onRun }: { onRun: () => void }) {
  const [way, setWay] = useKept<Way>(DRAFT.way, "files");
  const [text, setText] = useKept(DRAFT.text, "");
  const uploads = useUploads(DRAFT.files);
  const form = useRef<HTMLFormElement>(null);
  const takeFiles = (files: Iterable<File>) => {
    setWay("files");
    uploads.add(files);
  };
  useDroppedFiles(takeFiles);

  const sources = way === "text" ? { text } : { files: uploads.stored.map(({ id }) => id) };
  const mediaTypes =
    way === "text" ? (text.trim() ? ["text/plain"] : []) : uploads.stored.map((file) => file.media_type);
  return (
    <section aria-labelledby="composer-title">
      <h1 id="composer-title" className="sr-only">
        Start a job
      </h1>
      <WaysIn way={way} onChoose={setWay} />
      <div className="rounded-b-2xl border border-line bg-panel p-4 sm:p-6">
        <div role="tabpanel" id="way-panel" aria-labelledby={`tab-${way}`}>
          {way === "record" && <RecordPanel onRecorded={(file) => takeFiles([file])} />}
          {way === "files" && <FilesPanel onFiles={takeFiles} />}
          {way === "text" && (
            <TextPanel text={text} onChange={setText} onSubmit={() => form.current?.requestSubmit()} />
          )}
          {way !== "text" && <DraftFiles uploads={uploads} />}
        </div>
        <NextStep
          formRef={form}
          sources={sources}
          mediaTypes={mediaTypes}
          onRun={onRun}
          onAccepted={(body) => (body.files?.length ? uploads.release(body.files) : setText(""))}
        />
      </div>
    </section>
  );
}
