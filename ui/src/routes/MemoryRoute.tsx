import { useQuery } from "@tanstack/react-query";
import { NavLink, Outlet } from "react-router";
import { statusQuery } from "@/api/upkeep";
import { usePolling } from "@/live/usePolling";
import { StatusLine } from "@/memory/StatusLine";

const PAGES = [
  { to: "/memory", label: "Search", end: true },
  { to: "/memory/sources", label: "Sources", end: false },
  { to: "/memory/map", label: "Map", end: false },
  { to: "/memory/upkeep", label: "Upkeep", end: false },
];

/** The memory: what all its pages share. */
export function MemoryRoute() {
  const polling = usePolling();
  const status = useQuery({
    ...statusQuery,
    refetchInterval: ({ state: { data } }) => polling(data !== undefined && data.indexing > 0),
  });
  return (
    <main id="main" className="mx-auto max-w-5xl space-y-6 px-3 py-6 sm:px-6">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div>
          <h1 tabIndex={-1} className="font-display text-3xl">
            Memory
          </h1>
          <StatusLine status={status.data} />
        </div>
        <nav aria-label="Memory" className="flex flex-wrap gap-1">
          {PAGES.map(({ to, label, end }) => (
            <NavLink
              key={to}
              to={to}
              end={end}
              className={({ isActive }) =>
                `inline-flex min-h-9 items-center rounded-lg px-3 text-sm font-medium ${isActive ? "bg-accent text-on-accent" : "text-quiet hover:bg-sunken hover:text-ink"}`
              }
            >
              {label}
            </NavLink>
          ))}
        </nav>
      </div>
      <Outlet />
    </main>
  );
}
