import { Link } from "react-router";
import type { MemoryStatus } from "@/api/types";

interface Props {
  status: MemoryStatus | undefined;
  /** Whether filters were set. */
  isNarrowed: boolean;
  /** Whether a picture alone was asked with. */
  byPicture?: boolean;
}

/** Why nothing is here, and what helps. */
export function NothingFound({ status, isNarrowed, byPicture = false }: Props) {
  const isEmpty = status?.memories === 0;
  return (
    <div className="rounded-xl border border-dashed border-line p-8 text-center text-quiet">
      {isEmpty ? (
        <>
          <p>Nothing is remembered yet. What jobs hear, see and read can be found here once they are done.</p>
          {status.indexing > 0 && <p className="mt-2">It is being remembered now.</p>}
          <Link to="/" className="mt-3 inline-block text-accent underline underline-offset-4">
            To the studio
          </Link>
        </>
      ) : byPicture ? (
        <p>Nothing that is remembered looks like the picture{isNarrowed && " and fits the filters"}.</p>
      ) : (
        <p>
          Nothing that is remembered fits. Try other or fewer words, the beginning of a word with a star (mill*)
          {isNarrowed && ", or fewer filters"}.
        </p>
      )}
    </div>
  );
}
