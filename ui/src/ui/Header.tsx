import { BookOpen, Boxes, Library, type LucideIcon, MessagesSquare } from "lucide-react";
import { Link } from "react-router";
import { SignOut } from "@/door/SignOut";
import { ConnectionStatus } from "@/live/ConnectionStatus";
import { Mark } from "./Mark";
import { ThemeChoice } from "./ThemeChoice";

const PAGES: readonly { to: string; label: string; icon: LucideIcon }[] = [
  { to: "/chat", label: "Chat", icon: MessagesSquare },
  { to: "/memory", label: "Memory", icon: Library },
  { to: "/models", label: "Models", icon: Boxes },
];
const LINK = "inline-flex items-center gap-1.5 text-sm text-quiet underline-offset-4 hover:text-ink hover:underline";

export function Header() {
  return (
    <header className="border-b border-line bg-panel">
      <a href="#main" className="sr-only focus:not-sr-only">
        Skip to the content
      </a>
      <div className="mx-auto flex max-w-7xl items-center gap-x-2 px-3 py-2.5 sm:gap-x-5 sm:px-6">
        <Link to="/" className="mr-auto flex items-center gap-2.5 font-display text-xl whitespace-nowrap">
          <Mark /> Triptych
        </Link>
        <ConnectionStatus />
        {PAGES.map(({ to, label, icon }) => (
          <Link key={to} to={to} className={LINK}>
            <Named icon={icon} label={label} />
          </Link>
        ))}
        <a href="/docs" className={LINK}>
          <Named icon={BookOpen} label="API" />
        </a>
        <ThemeChoice />
        <SignOut />
      </div>
    </header>
  );
}

/** On a phone there is room for the icon alone. */
function Named({ icon: Icon, label }: { icon: LucideIcon; label: string }) {
  return (
    <>
      <Icon aria-hidden="true" className="size-4" />
      <span className="sr-only sm:not-sr-only">{label}</span>
    </>
  );
}
