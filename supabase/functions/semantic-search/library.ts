/** What a user may see, by the Data API with her token. */
import type { SupabaseClient } from "@supabase/supabase-js";
import { rows } from "../_shared/clients.ts";
import { pgvector } from "../_shared/openai.ts";

export interface Workspace {
  id: string;
  /** null until its first vector */
  embedding_model: string | null;
}

export interface Hit {
  id: string;
  content: string | null;
  primary_category: string | null;
  tags: string[];
  similarity: number;
}

export interface Search {
  vector: Float32Array;
  count: number;
  model: string;
  workspaceId: string | null;
}

export interface Library {
  /** Those she is a member of; of one id, that one or none. */
  workspaces(id: string | null): Promise<Workspace[]>;
  /** Best first. */
  search(search: Search): Promise<Hit[]>;
}

export function supabaseLibrary(client: SupabaseClient): Library {
  return {
    workspaces(id) {
      const all = client.from("workspaces").select("id, embedding_model");
      return rows<Workspace[]>(id === null ? all : all.eq("id", id));
    },
    search: ({ vector, count, model, workspaceId }) =>
      rows<Hit[]>(
        client.rpc("semantic_search_content", {
          query_embedding: pgvector(vector),
          match_count: count,
          model,
          workspace_id: workspaceId,
        }),
      ),
  };
}
