/** Short names for the generated types: nothing here is written by hand. */
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Job = Schemas["Job"];
export type JobState = Job["state"];
export type JobPage = Schemas["JobPage"];
export type Changed = Schemas["Changed"];
export type JobInput = Job["inputs"][number];
export type JobOutput = Job["outputs"][number];
export type JobProgress = NonNullable<Job["progress"]>;
export type NewJob = Schemas["JobRequest"];
export type ListenMessage = Schemas["ListenMessage"];
export type Part = Schemas["Part"];
export type Attempt = Schemas["Attempt"];
export type Pause = Schemas["Pause"];
export type Conversation = Schemas["Conversation"];
export type ConversationSettings = Schemas["ConversationSettings"];
export type ChatMessage = Schemas["ChatMessage"];
export type ChatMessagePage = Schemas["ChatMessagePage"];
export type PostedMessage = Schemas["PostedMessage"];
export type Citation = Schemas["Citation"];
export type StoredFile = Schemas["File"];
export type Pipeline = Schemas["Pipeline"];
export type Engine = Schemas["Engine"];
export type Model = Schemas["Model"];
export type Problem = Schemas["Problem"];
export type FieldProblem = NonNullable<Problem["errors"]>[number];

export type JsonObject = Record<string, unknown>;
