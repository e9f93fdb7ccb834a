import type { MemorySpace, MemoryStatus } from "@/api/types";
import { count } from "@/ui/format";
import { WarningNote } from "@/ui/Notes";
import { Panel } from "./Panel";

const KINDS: Record<MemorySpace["kind"], string> = { text: "Texts", picture: "Pictures" };

const STATES: Record<MemorySpace["state"], string> = {
  active: "searched",
  building: "being filled, not searched yet",
  retired: "no longer searched",
};

/** By what memories are compared: the spaces of vectors, or why there are none. */
export function Spaces({ status: { spaces, by_meaning, why_not } }: { status: MemoryStatus }) {
  return (
    <Panel title="Search by meaning">
      {!by_meaning && (
        <WarningNote>
          <p>Memories are found by their words alone. {why_not}</p>
        </WarningNote>
      )}
      {by_meaning && spaces.length === 0 && (
        <p className="text-quiet">Nothing was embedded yet. The first job that is remembered begins with it.</p>
      )}
      {spaces.length > 0 && (
        <ul aria-label="Models that memories are compared by" className="divide-y divide-line">
          {spaces.map((space) => (
            <li key={`${space.kind} ${space.model} ${space.dimensions}`} className="py-2">
              <p className="font-medium break-all">{space.model}</p>
              <p className="text-sm text-quiet">
                {KINDS[space.kind]}, {count(space.vectors, "vector")} of {space.dimensions} numbers,{" "}
                {STATES[space.state]}
                {space.is_joint && "; a text finds pictures by it"}.
              </p>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
