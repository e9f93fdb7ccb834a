import { BookOpen, Boxes, MessagesSquare } from "lucide-react";
import { Link } from "react-router";
import { ConnectionStatus } from "@/live/ConnectionStatus";
import { Mark } from "./Mark";
import { ThemeChoice } from "./ThemeChoice";

export function Header() {
  return (
    <header className="border-b border-line bg-panel">
      <a href="#main" className="sr-only focus:not-sr-only">
        Skip to the content
      </a>
      <div className="mx-auto flex max-w-7xl items-center gap-x-3 px-3 py-2.5 sm:gap-x-5 sm:px-6">
        <Link to="/" className="mr-auto flex items-center gap-2.5 font-display text-xl">
          <Mark /> Triptych
        </Link>
        <ConnectionStatus />
        <Link
          to="/chat"
          className="inline-flex items-center gap-1.5 text-sm text-quiet underline-offset-4 hover:text-ink hover:underline"
        >
          <MessagesSquare aria-hidden="true" className="size-4" />
          <span className="sr-only sm:not-sr-only">Chat</span>
        </Link>
        <Link
          to="/models"
          className="inline-flex items-center gap-1.5 text-sm text-quiet underline-offset-4 hover:text-ink hover:underline"
        >
          <Boxes aria-hidden="true" className="size-4" />
          <span className="sr-only sm:not-sr-only">Models</span>
        </Link>
        <a
          href="/docs"
          className="inline-flex items-center gap-1.5 text-sm text-quiet underline-offset-4 hover:text-ink hover:underline"
        >
          <BookOpen aria-hidden="true" className="size-4" />
          <span className="sr-only sm:not-sr-only">API</span>
        </a>
        <ThemeChoice />
      </div>
    </header>
  );
}
