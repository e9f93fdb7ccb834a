import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { MemoryRouter, parsePath, Route, Routes } from "react-router";
import { Announcer } from "@/ui/Announcer";

interface Where {
  path?: string;
  route?: string;
  /** What the link that led there handed on. */
  state?: unknown;
}

/** Draw an element with all it needs around it; the socket is left out. */
export function show(element: ReactElement, { path = "/", route = "*", state }: Where = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const drawn = render(
    <QueryClientProvider client={client}>
      <Announcer>
        <MemoryRouter initialEntries={[{ ...parsePath(path), state }]}>
          <Routes>
            <Route path={route} element={element} />
          </Routes>
        </MemoryRouter>
      </Announcer>
    </QueryClientProvider>,
  );
  return { ...drawn, client };
}
