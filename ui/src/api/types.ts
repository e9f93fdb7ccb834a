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
export type FileText = Schemas["FileText"];
export type Pipeline = Schemas["Pipeline"];
export type Engine = Schemas["Engine"];
export type Model = Schemas["Model"];
export type Memory = Schemas["Memory"];
export type MemoryKind = Memory["kind"];
export type Modality = Memory["modality"];
export type Source = Schemas["MemorySource"];
/** As the client hands it over: to it a pair is a list of numbers. */
export type Hit = Omit<Schemas["MemoryHit"], "marks"> & { marks: number[][] };
export type Ranking = Hit["by"][number]["by"];
export type Found = Omit<Schemas["MemoryHits"], "items"> & { items: Hit[] };
export type MemoryInContext = Schemas["MemoryDetail"];
export type Collection = Schemas["Collection"];
export type RememberedSource = Schemas["ListedSource"];
export type MemoryStatus = Schemas["MemoryStatus"];
export type MemorySpace = MemoryStatus["spaces"][number];
export type Imported = Schemas["Imported"];
export type Session = Schemas["Session"];
export type Identity = Schemas["Identity"];
export type Problem = Schemas["Problem"];
export type FieldProblem = NonNullable<Problem["errors"]>[number];

export type JsonObject = Record<string, unknown>;
