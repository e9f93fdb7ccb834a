import type { Job } from "@/api/types";
import { Markdown } from "@/markdown/Markdown";
import { CopyButton } from "./CopyButton";
import type { Answered, Citation } from "./documents";
import { TextViewer } from "./TextViewer";
import type { ViewerProps } from "./viewer";

/** The question, its answer, and the documents that the answer cites. */
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
  const input = job.inputs[citation.source];
  const place =
    citation.page === undefined ? `characters ${citation.start} to ${citation.end}` : `page ${citation.page}`;
  return (
    <li className="py-0.5">
      [{citation.number}]{" "}
      {input ? (
        <a href={input.url} download={input.name} className="text-accent underline-offset-4 hover:underline">
          {citation.name}
        </a>
      ) : (
        citation.name
      )}
      <span className="text-quiet">, {place}</span>
    </li>
  );
}
