import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { BrowserRouter, Route, Routes } from "react-router";
import { ApiProblem } from "@/api/problem";
import { ConnectionNote } from "@/live/ConnectionNote";
import { LiveProvider } from "@/live/LiveProvider";
import { ChatRoute } from "@/routes/ChatRoute";
import { FileRoute } from "@/routes/FileRoute";
import { JobRoute } from "@/routes/JobRoute";
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

/** A query asks again when the server did not answer, not when it answered no. */
export const newQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiProblem && error.status >= 400 && error.status < 500),
        networkMode: "always", // a loopback server answers also when the machine is offline
      },
      mutations: { networkMode: "always" },
    },
  });

export function App({ client }: { client: QueryClient }) {
  return (
    <QueryClientProvider client={client}>
      <Announcer>
        <LiveProvider>
          <BrowserRouter>
            <Header />
            <ConnectionNote />
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
              <Route path="models" element={<ModelsRoute />} />
              <Route path="*" element={<NotFoundRoute />} />
            </Routes>
          </BrowserRouter>
        </LiveProvider>
      </Announcer>
    </QueryClientProvider>
  );
}
