import { type ReactNode, useState } from "react";
import type { JobInput } from "@/api/types";
import { kindOfFile } from "@/ui/mediaTypes";
import type { Box } from "./documents";

export interface Mark {
  box: Box;
  name: string;
}

/** A picture that is shown: an input of the job, or an output that was made of it. */
export type Shown = Pick<JobInput, "url" | "name" | "media_type">;

interface Props {
  input: Shown | undefined;
  /** What the picture is, before its name. */
  what?: string;
  /** Pixels of the upright picture, in which the boxes are given; null takes the picture's own. */
  size: { width: number; height: number } | null;
  marks: readonly Mark[];
  isMarked?: (index: number) => boolean;
  onActive?: (index: number | null) => void;
  /** What is said where the picture cannot be had; else that the browser does not show it. */
  broken?: string;
}

/** The input's picture with boxes drawn over it. Browsers turn pictures upright by themselves, as the boxes are. */
export function Overlay({ input, what = "Input", size, marks, isMarked = () => false, onActive, broken }: Props) {
  const [natural, setNatural] = useState<Props["size"]>(null);
  const [isBroken, setIsBroken] = useState(false);
  const known = size ?? natural;
  return (
    <figure className="relative self-start overflow-hidden rounded-lg border border-line bg-sunken">
      {input && !isBroken && (
        <img
          src={input.url}
          alt={`${what}: ${input.name}`}
          {...(size && { width: size.width, height: size.height })}
          onLoad={({ currentTarget }) =>
            setNatural({ width: currentTarget.naturalWidth, height: currentTarget.naturalHeight })
          }
          onError={() => setIsBroken(true)}
          className="block h-auto w-full"
        />
      )}
      {known && (
        <Boxes size={known} isAlone={isBroken || !input} marks={marks} isMarked={isMarked} onActive={onActive} />
      )}
      {isBroken && (
        <figcaption className="p-3 text-sm text-quiet">
          {broken ??
            `This browser does not show ${input ? kindOfFile(input.media_type) : "it"}${marks.length > 0 ? "; the boxes keep their places" : ""}.`}
        </figcaption>
      )}
    </figure>
  );
}

interface BoxesProps extends Required<Pick<Props, "marks" | "isMarked">> {
  size: { width: number; height: number };
  isAlone: boolean;
  onActive: Props["onActive"];
}

/** Drawn for the eye and the mouse; the list beside the picture says the same to everyone else. */
function Boxes({ size, isAlone, marks, isMarked, onActive }: BoxesProps): ReactNode {
  return (
    <svg
      viewBox={`0 0 ${size.width} ${size.height}`}
      aria-hidden="true"
      data-testid="boxes"
      className={isAlone ? "block h-auto w-full" : "absolute inset-0 size-full"}
    >
      {marks.map(({ box, name }, index) => (
        <rect
          key={`${box.x},${box.y},${name}`}
          {...box}
          vectorEffect="non-scaling-stroke"
          onPointerEnter={() => onActive?.(index)}
          onPointerLeave={() => onActive?.(null)}
          className={
            isMarked(index)
              ? "fill-[#ffb020]/35 stroke-[#d98200] stroke-3"
              : "fill-[#3b5bdb]/10 stroke-[#3b5bdb] stroke-2"
          }
        >
          <title>{name}</title>
        </rect>
      ))}
    </svg>
  );
}
