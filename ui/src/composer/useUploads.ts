import { useRef, useState } from "react";
import { deleteFile, uploadFile } from "@/api/files";
import { type ApiProblem, asProblem } from "@/api/problem";
import type { StoredFile } from "@/api/types";
import { useAnnounce } from "@/ui/Announcer";
import { useKept } from "@/ui/useKept";

/** A file on its way, one that was refused, or one that did not get through. */
export interface Upload {
  key: string;
  file: File;
  fraction: number;
  problem: ApiProblem | null;
  stop: AbortController;
}

export interface Uploads {
  stored: StoredFile[];
  pending: Upload[];
  add: (files: Iterable<File>) => void;
  /** Stop an upload, or put a refused one out of sight. */
  dismiss: (key: string) => void;
  /** Send one again that did not get through. */
  retry: (key: string) => void;
  /** Take a stored file out of the draft and off the server. */
  discard: (id: string) => void;
  /** These files belong to a job now. */
  release: (ids: readonly string[]) => void;
}

let count = 0;

/**
 * The files of the draft that is kept under `key`: sent one after another as soon as they are chosen, so that the server
 * can tell what they are.
 */
export function useUploads(key: string): Uploads {
  const announce = useAnnounce();
  const [stored, setStored] = useKept<StoredFile[]>(key, []);
  const [pending, setPending] = useState<Upload[]>([]);
  const queue = useRef(Promise.resolve());

  const change = (key: string, part: Partial<Upload>) =>
    setPending((old) => old.map((upload) => (upload.key === key ? { ...upload, ...part } : upload)));
  const dismiss = (key: string) => {
    pending.find((upload) => upload.key === key)?.stop.abort();
    setPending((old) => old.filter((upload) => upload.key !== key));
  };
  const send = async ({ key, file, stop }: Upload) => {
    if (stop.signal.aborted) return;
    try {
      const kept = await uploadFile(file, (fraction) => change(key, { fraction }), stop.signal);
      setStored((old) => [...old.filter(({ id }) => id !== kept.id), kept]);
      setPending((old) => old.filter((upload) => upload.key !== key));
      announce(`${file.name} is uploaded.`);
    } catch (reason) {
      if (!stop.signal.aborted) change(key, { problem: asProblem(reason) });
    }
  };
  const enqueue = (upload: Upload) => {
    queue.current = queue.current.then(() => send(upload));
  };
  const add = (files: Iterable<File>) => {
    for (const file of files) {
      const upload = newUpload(file);
      setPending((old) => [...old, upload]);
      enqueue(upload);
    }
  };
  const retry = (key: string) => {
    change(key, { problem: null, fraction: 0 });
    pending.filter((upload) => upload.key === key).forEach(enqueue);
  };
  const release = (ids: readonly string[]) => setStored((old) => old.filter(({ id }) => !ids.includes(id)));
  const discard = (id: string) => {
    release([id]);
    deleteFile(id).catch(() => undefined); // a file that a job uses stays, and that is right
  };
  return { stored, pending, add, dismiss, retry, discard, release };
}

function newUpload(file: File): Upload {
  count += 1;
  return { key: `upload-${count}`, file, fraction: 0, problem: null, stop: new AbortController() };
}
