import { type FormEvent, useState } from "react";
import type { ConversationSettings } from "@/api/types";
import { Button } from "@/ui/Button";

interface Props {
  settings: ConversationSettings;
  isSaving: boolean;
  onSave: (settings: ConversationSettings) => void;
}

const MEMORY: Record<ConversationSettings["memory"], { label: string; help: string }> = {
  always: { label: "Always", help: "Each reply may rest on what Triptych has heard, seen and read." },
  asked: { label: "When asked", help: "Each question says whether it may." },
  never: { label: "Never", help: "Replies rest on this conversation and its attachments alone." },
};
const MEMORY_CHOICES = Object.keys(MEMORY) as ConversationSettings["memory"][];

/** How replies of a conversation are made. */
export function SettingsForm({ settings, isSaving, onSave }: Props) {
  const [draft, setDraft] = useState(settings);
  const set = (part: Partial<ConversationSettings>) => setDraft((old) => ({ ...old, ...part }));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSave(draft);
  };
  return (
    <form
      onSubmit={onSubmit}
      aria-label="Settings of this conversation"
      className="grid gap-4 rounded-2xl border border-line bg-panel p-4 text-sm sm:grid-cols-2"
    >
      <fieldset className="sm:col-span-2">
        <legend className="mb-1 font-medium">Use the memory</legend>
        {MEMORY_CHOICES.map((choice) => (
          <label key={choice} className="flex items-baseline gap-2 py-0.5">
            <input
              type="radio"
              name="memory"
              checked={draft.memory === choice}
              onChange={() => set({ memory: choice })}
              className="accent-accent"
            />
            <span>
              {MEMORY[choice].label}. <span className="text-quiet">{MEMORY[choice].help}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <label className="font-medium sm:col-span-2">
        Instructions
        <textarea
          rows={3}
          maxLength={4000}
          value={draft.system}
          onChange={({ target }) => set({ system: target.value })}
          placeholder="How to answer. Left empty: precisely and briefly."
          className="field mt-1 font-normal placeholder:text-quiet"
        />
      </label>
      <label className="font-medium">
        Model
        <input
          type="text"
          maxLength={200}
          value={draft.model}
          onChange={({ target }) => set({ model: target.value })}
          placeholder="The server’s configured one"
          className="field mt-1 font-normal placeholder:text-quiet"
        />
      </label>
      <label className="font-medium">
        Temperature
        <input
          type="number"
          min={0}
          max={2}
          step={0.1}
          required
          value={Number.isNaN(draft.temperature) ? "" : draft.temperature}
          onChange={({ target }) => set({ temperature: target.valueAsNumber })}
          className="field mt-1 font-normal"
        />
      </label>
      <label className="flex items-center gap-2 font-medium">
        <input
          type="checkbox"
          checked={draft.speak}
          onChange={({ target }) => set({ speak: target.checked })}
          className="size-4 accent-accent"
        />
        Read replies aloud
      </label>
      <div className="text-right">
        <Button type="submit" look="primary" disabled={isSaving}>
          Save
        </Button>
      </div>
    </form>
  );
}
