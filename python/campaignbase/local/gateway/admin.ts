/**
 * The users' door of the auth server for whoever holds the secret key, which @supabase/lite does not open:
 * make one, look at one, delete one. Answers are those of Supabase Auth.
 */
import { hash } from "bcryptjs";
import type { Rows } from "./connections.ts";

type Ask = (text: string, values: unknown[]) => Promise<Rows>;

interface Attributes {
  id?: string;
  email?: string;
  password?: string;
  email_confirm?: boolean;
  role?: string;
  user_metadata?: Record<string, unknown>;
  app_metadata?: Record<string, unknown>;
}

const PATH = /^\/auth\/v1\/admin\/users(?:\/([^/]*))?\/?$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const EMAIL = /^[^@\s]+@[^@\s]+$/;
const LONGEST_PASSWORD = 72; // bytes that bcrypt reads
const ROUNDS = 10;
const USER = `id, aud, role, email, coalesce(phone, '') as phone, email_confirmed_at, confirmed_at,
  last_sign_in_at, raw_app_meta_data as app_metadata, raw_user_meta_data as user_metadata, created_at,
  updated_at, is_anonymous`;

export class Admin {
  constructor(private readonly ask: Ask, private readonly secretKey: string) {}

  /** Null: a path of another door. */
  async fetch(request: Request): Promise<Response | null> {
    const path = PATH.exec(new URL(request.url).pathname);
    if (path === null) return null;
    const given = request.headers.get("apikey") ?? bearer(request);
    if (given === null) return refusal(401, "no_authorization", "This endpoint requires a Bearer token");
    if (given !== this.secretKey) return refusal(403, "not_admin", "User not allowed");
    const id = path[1];
    if (request.method === "POST" && !id) return await this.#create(request);
    if (id && request.method === "GET") return await this.#read(id);
    if (id && request.method === "DELETE") return await this.#remove(id);
    return refusal(405, "method_not_allowed", `${request.method} is not for this path`);
  }

  async #create(request: Request): Promise<Response> {
    let wanted: Attributes;
    try {
      wanted = await request.json();
    } catch {
      return refusal(400, "bad_json", "Could not parse request body as JSON");
    }
    const { id = crypto.randomUUID(), email, password, role = "authenticated" } = wanted;
    if (!UUID.test(id)) return refusal(400, "validation_failed", "ID must conform to the uuid v4 format");
    if (!email) {
      return refusal(400, "validation_failed", "Cannot create a user without either an email or phone");
    }
    if (!EMAIL.test(email)) {
      return refusal(400, "validation_failed", "Unable to validate email address: invalid format");
    }
    if (password && new TextEncoder().encode(password).length > LONGEST_PASSWORD) {
      return refusal(400, "validation_failed", "Password cannot be longer than 72 characters");
    }
    const stored = password ? await hash(password, ROUNDS) : null;
    try {
      const [user] = await this.ask(
        `with made as (
           insert into auth.users (id, aud, role, email, encrypted_password, email_confirmed_at,
             raw_app_meta_data, raw_user_meta_data, created_at, updated_at)
           values ($1, 'authenticated', $2, $3, $4, case when $5::boolean then now() end,
             '{"provider": "email", "providers": ["email"]}'::jsonb || $6::text::jsonb, $7::text::jsonb,
             now(), now())
           returning *
         ), known as (
           insert into auth.identities (id, provider, provider_id, user_id, identity_data, last_sign_in_at,
             created_at, updated_at)
           select gen_random_uuid(), 'email', made.id::text, made.id, jsonb_build_object('sub', made.id::text,
             'email', made.email, 'email_verified', false, 'phone_verified', false), now(), now(), now()
           from made
         )
         select ${USER} from made`,
        [
          id,
          role,
          email.toLowerCase(),
          stored,
          wanted.email_confirm ?? false,
          JSON.stringify(wanted.app_metadata ?? {}),
          JSON.stringify(wanted.user_metadata ?? {}),
        ],
      );
      return Response.json(user);
    } catch (error) {
      const { code, constraint_name } = error as { code?: string; constraint_name?: string };
      if (code === "23505" && constraint_name === "users_email_partial_key") {
        return refusal(422, "email_exists", "A user with this email address has already been registered");
      }
      console.error("admin/users:", error);
      return refusal(500, "unexpected_failure", "Database error creating new user");
    }
  }

  async #read(id: string): Promise<Response> {
    const [user] = UUID.test(id) ? await this.ask(`select ${USER} from auth.users where id = $1`, [id]) : [];
    return user === undefined ? unknown(id) : Response.json(user);
  }

  async #remove(id: string): Promise<Response> {
    const [gone] = UUID.test(id)
      ? await this.ask("delete from auth.users where id = $1 returning id", [id])
      : [];
    return gone === undefined ? unknown(id) : Response.json({});
  }
}

function unknown(id: string): Response {
  if (UUID.test(id)) return refusal(404, "user_not_found", "User not found");
  return refusal(404, "validation_failed", "user_id must be an UUID");
}

function bearer(request: Request): string | null {
  return /^bearer (\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? null;
}

function refusal(status: number, error_code: string, msg: string): Response {
  return Response.json({ code: status, error_code, msg }, { status });
}
