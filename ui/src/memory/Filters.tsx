import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal } from "lucide-react";
import { useState } from "react";
import type { Asked } from "@/api/memory";
import { collectionsQuery, tagsQuery } from "@/api/sources";
import type { MemoryKind } from "@/api/types";
import { Button } from "@/ui/Button";
import { Choice, Day } from "./FilterFields";
import { ModalityChoice } from "./ModalityChoice";
import { filtersIn, NOTHING_ASKED } from "./useAsked";
import { KIND_NAMES, KINDS, languageName } from "./words";

/** Languages that are offered by name; the address takes any other too. */
const LANGUAGES = ["de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "zh"];

interface Props {
  asked: Asked;
  onAsk: (asked: Asked) => void;
}

/** Which memories may be found: modalities always in sight, the rest unfolded when it is wanted or used. */
export function Filters({ asked, onAsk }: Props) {
  const used = filtersIn(asked);
  const [isOpen, setIsOpen] = useState(used > 0);
  const set = (part: Partial<Asked>) => onAsk({ ...asked, ...part });
  return (
    <div>
      <div className="flex flex-wrap items-center gap-2">
        <ModalityChoice chosen={asked.modality} onChoose={(modality) => set({ modality })} />
        <Button
          look="quiet"
          icon={SlidersHorizontal}
          aria-expanded={isOpen}
          aria-controls="memory-filters"
          onClick={() => setIsOpen(!isOpen)}
        >
          Filters{used > 0 && ` (${used})`}
        </Button>
        {used > 0 && (
          <Button look="quiet" onClick={() => onAsk({ ...NOTHING_ASKED, q: asked.q })}>
            Clear
          </Button>
        )}
      </div>
      <div id="memory-filters" hidden={!isOpen} className="mt-3">
        {isOpen && <More asked={asked} set={set} />}
      </div>
    </div>
  );
}

function More({ asked, set }: { asked: Asked; set: (part: Partial<Asked>) => void }) {
  const tags = useQuery(tagsQuery).data ?? [];
  const collections = useQuery(collectionsQuery).data ?? [];
  const tagNames = [...new Set([...tags.map(({ tag }) => tag), ...asked.tag])];
  const languages = [...new Set([...LANGUAGES, ...asked.language])];
  const only = (value: string): string[] => (value ? [value] : []);
  return (
    <div className="grid gap-3 rounded-xl border border-line bg-panel p-3 sm:grid-cols-2 lg:grid-cols-3">
      <Choice label="Kind" value={asked.kind[0] ?? ""} onChoose={(kind) => set({ kind: only(kind) as MemoryKind[] })}>
        {KIND_NAMES.map((kind) => (
          <option key={kind} value={kind}>
            {KINDS[kind]}
          </option>
        ))}
      </Choice>
      <Choice label="Language" value={asked.language[0] ?? ""} onChoose={(code) => set({ language: only(code) })}>
        {languages.map((code) => (
          <option key={code} value={code}>
            {languageName(code)}
          </option>
        ))}
      </Choice>
      <Choice label="Tag" value={asked.tag[0] ?? ""} onChoose={(tag) => set({ tag: only(tag) })}>
        {tagNames.map((tag) => (
          <option key={tag}>{tag}</option>
        ))}
      </Choice>
      <Choice
        label="Collection"
        value={asked.collection ?? ""}
        onChoose={(collection) => set({ collection: collection || null })}
      >
        {collections.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Choice>
      <Day label="From" value={asked.since} onChoose={(since) => set({ since })} />
      <Day label="Until" value={asked.until} onChoose={(until) => set({ until })} />
      <label className="flex items-center gap-2 text-sm">
        <input type="checkbox" checked={asked.pinned} onChange={({ target }) => set({ pinned: target.checked })} />
        Pinned only
      </label>
    </div>
  );
}
