/** What models are for, in the order of the panels, and the models sorted by it. */
import type { Engine, Model } from "@/api/types";

const TITLES: Record<string, string> = {
  transcribe: "Speech to text",
  speak: "Text to speech",
  label: "What a picture shows",
  compare: "Pictures and words compared",
  read: "Text in pictures",
  embed: "Search by meaning",
  recognise: "Names in a text",
  answer: "Answers",
};
const OF_ONES_OWN = "Others in the models’ folder";

export interface Group {
  title: string;
  engines: Engine[];
  models: Model[];
}

/** One group for each capability that has engines or models, and one for the models that are in no list. */
export function groupsOf(engines: readonly Engine[], models: readonly Model[]): Group[] {
  const named = [...Object.keys(TITLES), ...engines.map(({ capability }) => capability)];
  const groups = [...new Set(named)].map((capability) => ({
    title: TITLES[capability] ?? capability,
    engines: engines.filter((engine) => engine.capability === capability),
    models: models.filter((model) => model.capability === capability),
  }));
  const others = models.filter(({ capability }) => capability === null || !named.includes(capability));
  return [...groups, { title: OF_ONES_OWN, engines: [], models: others }].filter(
    (group) => group.engines.length > 0 || group.models.length > 0,
  );
}
