import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes } from "react";

type Look = "primary" | "plain" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent border-accent hover:opacity-90",
  plain: "bg-panel text-ink border-edge hover:bg-sunken",
  quiet: "bg-transparent text-quiet border-transparent hover:bg-sunken hover:text-ink",
  danger: "bg-panel text-bad border-bad hover:bg-bad-soft",
};

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: Look;
  icon?: LucideIcon;
}

export function Button({ look = "plain", icon: Icon, children, className = "", ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      className={`inline-flex min-h-9 items-center justify-center gap-1.5 rounded-lg border px-3 py-1.5 text-sm font-medium disabled:opacity-60 ${LOOKS[look]} ${className}`}
    >
      {Icon && <Icon aria-hidden="true" className="size-4 shrink-0" />}
      {children}
    </button>
  );
}

/** A button that shows only an icon; `label` names it. */
export function IconButton({
  label,
  icon: Icon,
  ...rest
}: Omit<Props, "children"> & { label: string; icon: LucideIcon }) {
  return (
    <Button look="quiet" aria-label={label} title={label} className="size-9 px-0!" {...rest}>
      <Icon aria-hidden="true" className="size-4" />
    </Button>
  );
}
