import { CircleCheck, CircleHelp, CircleSlash } from "lucide-react";
import type { Engine } from "@/api/types";
import type { Group } from "./capabilities";
import { ModelRow } from "./ModelRow";

/** What one capability has: its engines, the best first, and its models. */
export function ModelGroup({ group }: { group: Group }) {
  const id = `group-${group.title.replaceAll(/\W+/g, "-")}`;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="font-display text-xl">
        {group.title}
      </h2>
      {group.engines.length > 0 && (
        <ul aria-label={`Engines: ${group.title}`} className="mt-1 space-y-0.5 text-sm">
          {group.engines.map((engine) => (
            <EngineLine key={engine.engine} engine={engine} />
          ))}
        </ul>
      )}
      {group.models.length > 0 && (
        <ul aria-label={`Models: ${group.title}`} className="mt-3 grid gap-2 lg:grid-cols-2">
          {group.models.map((model) => (
            <ModelRow key={model.name} model={model} />
          ))}
        </ul>
      )}
    </section>
  );
}

function EngineLine({ engine: { engine, available, why } }: { engine: Engine }) {
  const isUnknown = !available && why.startsWith("unknown");
  const Icon = available ? CircleCheck : isUnknown ? CircleHelp : CircleSlash;
  const word = available ? "can run" : isUnknown ? "not known yet" : "cannot run";
  return (
    <li className="flex items-start gap-1.5">
      <Icon aria-hidden="true" className={`mt-0.5 size-4 shrink-0 ${available ? "text-good" : "text-quiet"}`} />
      <span className="min-w-0 break-words">
        <span className="font-medium">{engine}</span> <span className="text-quiet">{word}</span>
        {why && <span className="text-quiet">: {isUnknown ? why.replace(/^unknown: /, "") : why}</span>}
      </span>
    </li>
  );
}
