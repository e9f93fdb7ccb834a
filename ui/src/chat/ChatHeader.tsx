import { SlidersHorizontal } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { ConversationSettings } from "@/api/types";
import { Button } from "@/ui/Button";
import { SettingsForm } from "./SettingsForm";

interface Props {
  title: string;
  settings: ConversationSettings;
  isSaving: boolean;
  onSave: (settings: ConversationSettings, onSaved: () => void) => void;
  /** What went wrong with saving. */
  children?: ReactNode;
}

/** What the conversation is called, and how its replies are made. */
export function ChatHeader({ title, settings, isSaving, onSave, children }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <header className="space-y-3">
      <div className="flex items-center justify-between gap-3">
        <h1 className="min-w-0 truncate font-display text-2xl" tabIndex={-1}>
          {title}
        </h1>
        <Button
          look="quiet"
          icon={SlidersHorizontal}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="shrink-0"
        >
          Settings
        </Button>
      </div>
      {isOpen && (
        <SettingsForm settings={settings} isSaving={isSaving} onSave={(next) => onSave(next, () => setOpen(false))} />
      )}
      {children}
    </header>
  );
}
