import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { fileTextQuery } from "@/api/files";
import type { StoredFile } from "@/api/types";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading, WarningNote } from "@/ui/Notes";
import { usePlace } from "@/viewers/usePlace";
import { endOf, PassageText } from "./PassageText";

/** A text, as much as a page bears, around the passage that the address asks for, which is marked. */
export function TextView({ file }: { file: StoredFile }) {
  const { passage } = usePlace();
  const [at, setAt] = useState(passage?.start ?? 0);
  const text = useQuery(fileTextQuery(file.id, { at }));
  if (text.isPending) return <Loading what={file.name} />;
  if (text.isError)
    return <ErrorNote error={text.error} title={`${file.name} could not be read`} onRetry={text.refetch} />;
  const { start, length } = text.data;
  const end = endOf(text.data);
  return (
    <>
      {text.data.warnings.map((warning) => (
        <WarningNote key={warning}>{warning}</WarningNote>
      ))}
      {start > 0 && <Button onClick={() => setAt(start - 1)}>What stands before</Button>}
      <div className="max-w-prose">
        <PassageText key={start} told={text.data} passage={passage} />
      </div>
      {length !== null && end < length && <Button onClick={() => setAt(end)}>What stands behind</Button>}
    </>
  );
}
