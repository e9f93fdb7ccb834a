import { ChevronLeft, ChevronRight } from "lucide-react";
import { Button } from "@/ui/Button";

interface Props {
  /** The page that is open, from 1. */
  page: number;
  /** How many there are; null while that is not known. */
  of: number | null;
  onLeaf: (page: number) => void;
}

/** The way to the pages before and behind. */
export function Leaves({ page, of, onLeaf }: Props) {
  return (
    <nav aria-label="Pages" className="flex items-center gap-2">
      <Button icon={ChevronLeft} disabled={page <= 1} onClick={() => onLeaf(page - 1)}>
        Previous
      </Button>
      <span aria-live="polite" className="tabular-nums">
        Page {page}
        {of !== null && ` of ${of}`}
      </span>
      <Button icon={ChevronRight} disabled={of !== null && page >= of} onClick={() => onLeaf(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
