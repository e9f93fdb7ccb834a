import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { fileTextQuery } from "@/api/files";
import { asProblem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { Loading, WarningNote } from "@/ui/Notes";
import { Leaves } from "@/viewers/Leaves";
import { usePlace } from "@/viewers/usePlace";
import { PagePicture } from "./PagePicture";
import { endOf, PassageText } from "./PassageText";

/** A page of a PDF beside what it says. It opens at the page, the box and the passage that the address asks for. */
export function PdfView({ file }: { file: StoredFile }) {
  const { page: asked, box, passage } = usePlace();
  const [, setSearch] = useSearchParams();
  const page = Math.max(1, Math.trunc(asked ?? 1));
  const text = useQuery(fileTextQuery(file.id, { page }));
  const turnTo = (leaf: number) =>
    setSearch((search) => {
      search.set("page", String(leaf));
      search.delete("box"); // it was on the page that is left
      return search;
    });
  return (
    <>
      <Leaves page={page} of={text.data?.pages ?? null} onLeaf={turnTo} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <PagePicture file={file} page={page} box={box} />
        <section aria-label={`Text of page ${page}`} className="max-h-[80vh] overflow-y-auto" tabIndex={-1}>
          {text.isPending && <Loading what="what it says" />}
          {text.isError && <WarningNote>{asProblem(text.error).message}</WarningNote>}
          {text.data &&
            (text.data.text.trim() ? (
              <PassageText key={page} told={text.data} passage={passage} />
            ) : (
              <p className="text-quiet">The page brings no text along. If it is a scan, “Read text” reads it.</p>
            ))}
          {text.data && passage && passage.start >= endOf(text.data) && page === (asked ?? 1) && (
            <p className="mt-3 text-quiet">What is meant stands on a later page.</p>
          )}
        </section>
      </div>
    </>
  );
}
