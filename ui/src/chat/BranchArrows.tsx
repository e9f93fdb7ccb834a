import { ChevronLeft, ChevronRight } from "lucide-react";
import { IconButton } from "@/ui/Button";
import type { Shown } from "./branches";

interface Props {
  shown: Shown;
  /** What the siblings are, such as "question". */
  what: string;
  onChoose: (id: string) => void;
}

/** The way round the branches that part here; nothing where there are no others. */
export function BranchArrows({ shown: { message, siblings }, what, onChoose }: Props) {
  if (siblings.length < 2) return null;
  const place = siblings.findIndex(({ id }) => id === message.id);
  const go = (steps: 1 | -1) => {
    const next = siblings.at((place + steps) % siblings.length);
    if (next) onChoose(next.id);
  };
  return (
    <div className="flex items-center text-sm text-quiet">
      <IconButton icon={ChevronLeft} label={`Earlier ${what}`} onClick={() => go(-1)} />
      <span className="tabular-nums">
        <span className="sr-only">{what} </span>
        {place + 1} / {siblings.length}
      </span>
      <IconButton icon={ChevronRight} label={`Later ${what}`} onClick={() => go(1)} />
    </div>
  );
}
