/** The messages of the socket (docs/api.md, "Events"), as the OpenAPI document types them. */
import type { components } from "./schema";

export type JobEvent = components["schemas"]["JobEvent"];
export type SocketMessage = components["schemas"]["Message"];
