import { Link } from "react-router";
import type { Job } from "@/api/types";
import { Markdown } from "@/markdown/Markdown";
import { timecode } from "@/ui/format";
import { named } from "@/ui/Gone";
import { CopyButton } from "./CopyButton";
import type { Answered, Citation } from "./documents";
import { fileAddress, jobAddress } from "./placeAddress";
import { TextViewer } from "./TextViewer";
import type { ViewerProps } from "./viewer";

const LINK = "text-accent underline-offset-4 hover:underline";

/** The question, its answer, and the files that the answer cites. */
export function AnswerViewer(props: ViewerProps) {
  const answered = props.job.result as Answered | null;
  if (!answered) return <TextViewer {...props} />;
  const { question, answer, citations } = answered;
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-start justify-between gap-2">
        <h3 className="max-w-prose font-medium">{question}</h3>
        <CopyButton what="answer" text={answer} />
      </div>
      <Markdown text={answer} />
      {citations.length > 0 && (
        <section className="border-t border-line pt-3 text-sm">
          <h4 className="mb-1 text-quiet">Sources</h4>
          <ol aria-label="Sources">
            {citations.map((citation) => (
              <Source key={citation.number} citation={citation} job={props.job} />
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}

function Source({ citation, job }: { citation: Citation; job: Job }) {
  return (
    <li className="py-0.5 wrap-anywhere">
      [{citation.number}] <SourceLink citation={citation} job={job} />
      <span className="text-quiet">
        , {placeOf(citation, job)}
        {timeOf(citation)}
      </span>
    </li>
  );
}

/** What a job heard or saw opens there, at its place; a document in its file. */
function SourceLink({ citation, job }: { citation: Citation; job: Job }) {
  const { name, job_id = null, ...place } = citation;
  const input = job.inputs[citation.source];
  const opens = job_id === null ? input && fileAddress(input.file_id, place) : jobAddress(job_id, place);
  if (opens === undefined) return name;
  return (
    <Link to={opens} {...named(name)} className={LINK}>
      {name}
    </Link>
  );
}

function placeOf({ kind, start_s, page, start, end, source }: Citation, job: Job): string {
  if (start_s !== undefined) return `at ${timecode(start_s)}`;
  if (kind === "labels") return "what it shows";
  if (kind === "line" && job.inputs[source]?.media_type.startsWith("image/")) return "what is written in it";
  return page === undefined ? `characters ${start} to ${end}` : `page ${page}`;
}

/** By the clock that the files share: UTC, or one whose zone none of them tells, which is no browser's to guess. */
function timeOf({ happened }: Citation): string {
  if (!happened) return "";
  const [day, clock] = [happened.begin.slice(0, 10), happened.begin.slice(11, 19)];
  return ` (${day} ${clock}${happened.begin.endsWith("Z") ? " UTC" : ""})`;
}
