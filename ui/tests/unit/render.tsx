import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { MemoryRouter, Route, Routes } from "react-router";
import { Announcer } from "@/ui/Announcer";

/** Draw an element with all it needs around it; the socket is left out. */
export function show(element: ReactElement, { path = "/", route = "*" } = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const drawn = render(
    <QueryClientProvider client={client}>
      <Announcer>
        <MemoryRouter initialEntries={[path]}>
          <Routes>
            <Route path={route} element={element} />
          </Routes>
        </MemoryRouter>
      </Announcer>
    </QueryClientProvider>,
  );
  return { ...drawn, client };
}
