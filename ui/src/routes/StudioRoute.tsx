import { useInfiniteQuery } from "@tanstack/react-query";
import { type RefObject, useRef } from "react";
import { useSearchParams } from "react-router";
import { jobsQuery } from "@/api/jobs";
import type { JobState } from "@/api/types";
import { Composer } from "@/composer/Composer";
import { JobList } from "@/jobs/JobList";
import { isUnderWay, STATE_NAMES } from "@/jobs/states";
import { usePlaces } from "@/jobs/usePlaces";
import { useTitles } from "@/jobs/useTitles";
import { usePolling } from "@/live/usePolling";
import { ErrorNote, Loading } from "@/ui/Notes";
import { usePageTitle } from "@/ui/usePageTitle";

/** The studio: start work on the left, watch it on the right. */
export function StudioRoute() {
  usePageTitle("Studio");
  const jobsTitle = useRef<HTMLHeadingElement>(null);
  return (
    <main
      id="main"
      className="mx-auto grid max-w-7xl items-start gap-8 px-3 py-6 sm:px-6 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
    >
      <Composer onRun={() => goTo(jobsTitle.current)} />
      <Jobs titleRef={jobsTitle} />
    </main>
  );
}

/** The form that had the focus has gone, and the list may be out of sight. */
function goTo(title: HTMLElement | null): void {
  if (!title) return;
  title.focus({ preventScroll: true });
  const { top, bottom } = title.getBoundingClientRect();
  if (top < 0 || bottom > window.innerHeight / 2) title.scrollIntoView({ block: "start" });
}

function Jobs({ titleRef }: { titleRef: RefObject<HTMLHeadingElement> }) {
  const [search, setSearch] = useSearchParams();
  const filter = STATE_NAMES.find((state) => state === search.get("state")) ?? null;
  const polling = usePolling();
  const titleOf = useTitles();
  const jobs = useInfiniteQuery({
    ...jobsQuery(filter),
    refetchInterval: ({ state: { data } }) => polling(data?.pages.some((page) => page.items.some(isUnderWay)) ?? false),
  });
  const placed = usePlaces(jobs.data?.pages.flatMap((page) => page.items) ?? []);
  if (jobs.isPending) return <Loading what="the jobs" />;
  if (!jobs.data) return <ErrorNote error={jobs.error} title="The jobs could not be loaded" onRetry={jobs.refetch} />;
  return (
    <JobList
      titleRef={titleRef}
      jobs={placed}
      titleOf={titleOf}
      filter={filter}
      onFilter={(state: JobState | null) => setSearch(state ? { state } : {}, { replace: true })}
      onMore={jobs.hasNextPage ? () => void jobs.fetchNextPage() : null}
      isFetchingMore={jobs.isFetchingNextPage}
    />
  );
}
