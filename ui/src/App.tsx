import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Route, Routes } from "react-router";
import { pauseMs, triesAgain } from "@/api/askingAgain";
import { isUnknown, leave } from "@/api/session";
import { Door } from "@/door/Door";
import { RefusalNote } from "@/door/RefusalNote";
import { BY_LINK } from "@/door/ways";
import { ConnectionNote } from "@/live/ConnectionNote";
import { HeldUpNote } from "@/live/HeldUpNote";
import { LiveProvider } from "@/live/LiveProvider";
import { AccountRoute } from "@/routes/AccountRoute";
import { ChatRoute } from "@/routes/ChatRoute";
import { FileRoute } from "@/routes/FileRoute";
import { JobRoute } from "@/routes/JobRoute";
import { LinkRoute } from "@/routes/LinkRoute";
import { MemoryMapRoute } from "@/routes/MemoryMapRoute";
import { MemoryPlaceRoute } from "@/routes/MemoryPlaceRoute";
import { MemoryRoute } from "@/routes/MemoryRoute";
import { MemorySearchRoute } from "@/routes/MemorySearchRoute";
import { MemorySourceRoute } from "@/routes/MemorySourceRoute";
import { MemorySourcesRoute } from "@/routes/MemorySourcesRoute";
import { MemoryUpkeepRoute } from "@/routes/MemoryUpkeepRoute";
import { ModelsRoute } from "@/routes/ModelsRoute";
import { NotFoundRoute } from "@/routes/NotFoundRoute";
import { StudioRoute } from "@/routes/StudioRoute";
import { Announcer } from "@/ui/Announcer";
import { Header } from "@/ui/Header";

/** Queries wait as the server asks them to; one that is no longer known is out. */
export function newQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => isUnknown(error) && leave(client) }),
    mutationCache: new MutationCache({ onError: (error) => isUnknown(error) && leave(client) }),
    defaultOptions: {
      queries: {
        retry: triesAgain,
        retryDelay: (failures, error) => pauseMs(failures, error, Math.random),
        networkMode: "always", // a loopback server answers also when the machine is offline
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}

export function App({ client }: { client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <Announcer>
        <BrowserRouter>
          <Door>
            <LiveProvider>
              <Header />
              <ConnectionNote />
              <HeldUpNote />
              <RefusalNote className="mx-auto max-w-7xl px-3 pt-3 sm:px-6" />
              <Routes>
                <Route index element={<StudioRoute />} />
                <Route path="jobs/:id" element={<JobRoute />} />
                <Route path="files/:id" element={<FileRoute />} />
                <Route path="chat/:id?" element={<ChatRoute />} />
                <Route path="memory" element={<MemoryRoute />}>
                  <Route index element={<MemorySearchRoute />} />
                  <Route path="sources" element={<MemorySourcesRoute />} />
                  <Route path="sources/:id" element={<MemorySourceRoute />} />
                  <Route path="map" element={<MemoryMapRoute />} />
                  <Route path="upkeep" element={<MemoryUpkeepRoute />} />
                  <Route path=":id" element={<MemoryPlaceRoute />} />
                </Route>
                <Route path="account" element={<AccountRoute />} />
                {Object.keys(BY_LINK).map((path) => (
                  <Route key={path} path={path} element={<LinkRoute />} />
                ))}
                <Route path="models" element={<ModelsRoute />} />
                <Route path="*" element={<NotFoundRoute />} />
              </Routes>
            </LiveProvider>
          </Door>
        </BrowserRouter>
      </Announcer>
    </QueryClientProvider>
  );
}
