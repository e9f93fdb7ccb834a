import { type LucideIcon, Monitor, Moon, Sun } from "lucide-react";
import { IconButton } from "./Button";
import { type Theme, useTheme } from "./theme";

const THEMES: Record<Theme, { label: string; icon: LucideIcon; next: Theme }> = {
  system: { label: "as the system", icon: Monitor, next: "light" },
  light: { label: "light", icon: Sun, next: "dark" },
  dark: { label: "dark", icon: Moon, next: "system" },
};

/** One button that goes round: system, light, dark. */
export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  const { label, icon, next } = THEMES[theme];
  return (
    <IconButton icon={icon} label={`Theme: ${label}. Change to ${THEMES[next].label}`} onClick={() => setTheme(next)} />
  );
}
