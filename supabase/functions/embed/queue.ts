/** The database as `embed` sees it: five RPCs that only the service may call. */
import type { SupabaseClient } from "@supabase/supabase-js";
import { rows } from "../_shared/clients.ts";
import { pgvector } from "../_shared/openai.ts";

/** A category or tag under a lease; (job_id, attempt) is the fence its answer must still match. */
export interface LabelJob {
  job_id: number;
  attempt: number;
  workspace_id: string;
  content_hash: string;
  target_text: string;
}

/** The text of an asset or campaign; its hash is what write_embeddings compares. */
export interface PendingText {
  workspace_id: string;
  kind: string;
  target_id: string;
  content_hash: string;
  target_text: string;
}

/** A vector, or why there is none. */
export interface LabelAnswer extends Pick<LabelJob, "job_id" | "attempt" | "content_hash"> {
  embedding?: Float32Array;
  embedding_model?: string;
  failure?: { message: string; permanent: boolean; retry_after: number | null };
}

/** A vector, or in how many seconds to ask again (null: not here). */
export interface TextAnswer extends Pick<PendingText, "kind" | "target_id" | "content_hash"> {
  embedding?: Float32Array;
  embedding_model?: string;
  retry_after?: number | null;
}

export interface Queue {
  claimLabels(model: string, batch: number, seconds: number): Promise<LabelJob[]>;
  pending(model: string, batch: number, seconds: number): Promise<PendingText[]>;
  /** A verdict an answer, in order: accepted, stale. */
  complete(answers: LabelAnswer[]): Promise<string[]>;
  /** A verdict an answer, in order: written, kept, stale, other_model, postponed. */
  write(answers: TextAnswer[]): Promise<string[]>;
  release(jobs: LabelJob[]): Promise<number>;
}

const WORKER = "embed";

export function supabaseQueue(client: SupabaseClient): Queue {
  return {
    claimLabels: (model, batch, lease_seconds) =>
      rows<LabelJob[]>(
        client.rpc("claim_jobs", {
          worker: WORKER,
          batch,
          lease_seconds,
          labels_only: true,
          models: [model],
        }),
      ),
    pending: (model, batch, hold_seconds) =>
      rows<PendingText[]>(client.rpc("pending_embeddings", { model, batch, hold_seconds })),
    async complete(answers) {
      const results = answers.map(written);
      const found = await rows<{ job_id: number; verdict: string }[]>(
        client.rpc("complete_jobs", { results }),
      );
      const verdicts = new Map(found.map(({ job_id, verdict }) => [Number(job_id), verdict]));
      return answers.map(({ job_id }) => verdicts.get(Number(job_id)) ?? "stale");
    },
    async write(answers) {
      const vectors = answers.map(written);
      const found = await rows<{ target_id: string; verdict: string }[]>(
        client.rpc("write_embeddings", { vectors }),
      );
      const verdicts = new Map(found.map(({ target_id, verdict }) => [target_id, verdict]));
      return answers.map(({ target_id }) => verdicts.get(target_id) ?? "stale");
    },
    release: (jobs) =>
      rows<number>(
        client.rpc("release_jobs", { fences: jobs.map(({ job_id, attempt }) => ({ job_id, attempt })) }),
      ),
  };
}

function written<Answer extends { embedding?: Float32Array }>(answer: Answer) {
  return answer.embedding ? { ...answer, embedding: pgvector(answer.embedding) } : answer;
}
