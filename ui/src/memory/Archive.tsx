import { Download, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import type { Imported } from "@/api/types";
import { EXPORT_URL, importArchive } from "@/api/upkeep";
import { ProgressBar } from "@/ui/Bar";
import { Button } from "@/ui/Button";
import { count } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { Panel } from "./Panel";
import { useMemoryChange } from "./useMemoryChange";

/** Everything as one archive, to keep or to take to another Triptych, and back in. */
export function Archive() {
  const file = useRef<HTMLInputElement>(null);
  const [fraction, setFraction] = useState(0);
  const bring = useMemoryChange(
    (archive: File) => importArchive(archive, setFraction),
    (_, imported) => told(imported),
  );
  return (
    <Panel title="Export and import">
      <p className="max-w-prose text-sm text-quiet">
        The archive holds files, results, memories with tags, collections and notes, and conversations. What is here
        already stays as it is when an archive is taken in.
      </p>
      <div className="flex flex-wrap gap-2">
        <a
          href={EXPORT_URL}
          download
          className="inline-flex min-h-9 items-center gap-1.5 rounded-lg border border-edge bg-panel px-3 py-1.5 text-sm font-medium hover:bg-sunken"
        >
          <Download aria-hidden="true" className="size-4" /> Export everything
        </a>
        <Button icon={Upload} disabled={bring.isPending} onClick={() => file.current?.click()}>
          Import an archive
        </Button>
        <input
          ref={file}
          type="file"
          accept=".zip,application/zip"
          hidden
          aria-label="The archive to import"
          onChange={({ target }) => {
            const archive = target.files?.[0];
            target.value = "";
            setFraction(0);
            if (archive) bring.mutate(archive);
          }}
        />
      </div>
      {bring.isPending && <ProgressBar fraction={fraction < 1 ? fraction : null} label="Import of the archive" />}
      {bring.data && <p className="text-sm text-good">{told(bring.data)}</p>}
      {bring.data?.warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {bring.error && (
        <p role="alert" className="text-sm text-bad">
          {asProblem(bring.error).message}
        </p>
      )}
    </Panel>
  );
}

function told({ files, jobs, memories, conversations, skipped }: Imported): string {
  const brought = [
    count(files, "file"),
    count(jobs, "job"),
    count(memories, "memory", "memories"),
    count(conversations, "conversation"),
  ];
  return `Taken in: ${brought.join(", ")}. ${skipped > 0 ? `${skipped} were here already.` : ""}`.trim();
}
