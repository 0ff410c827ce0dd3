"""Statements of other projects without a counterpart in SQLite, and what the report says of each."""

NOBODY = "nothing keeps this rule here: "
FUNCTION = "create function public.f() returns text language sql as 'select 1::text';"
PURE = "create function public.g(text) returns text language sql immutable as 'select $1';"
LEFT_OUT = [  # statements, kind and name of an object, what became of it and why
    (
        "create table public.a (b text check (b ~ '^x+y$'));",
        ("check", "a.a_b_check"),
        ("left out", f"{NOBODY}check a.a_b_check: the regular expression"),
    ),
    # a real has 8 bytes here and 4 in Postgres, where 0.1 is therefore more than 0.1
    (
        "create table public.a (b real check (b <= 0.1), c int check (c > 0));",
        ("check", "a.a_b_check"),
        ("left out", f"{NOBODY}check a.a_b_check: SQLite answers 1, Postgres False"),
    ),
    (
        "create domain public.word as text check (value ~ '^x+y$'); create table public.a (b public.word);",
        ("check", "a.b of public.word"),
        ("left out", f"{NOBODY}check of domain public.word, column a.b: the regular expression"),
    ),
    (
        "create table public.a (b int, exclude using btree (b with =));",
        ("key", "a.a_b_excl"),
        ("left out", "SQLite has no exclusion constraints: nothing keeps this rule here"),
    ),
    (
        "create table public.a (b int, unique nulls not distinct (b));",
        ("key", "a.a_b_key"),
        ("left out", f"{NOBODY}key a.a_b_key: 'UNIQUE NULLS NOT DISTINCT (b)' has no counterpart"),
    ),
    (
        (
            "create table public.a (b int, c int, primary key (b, c));"
            "create table public.d (e int, f int,"
            " foreign key (e, f) references public.a on delete set null (f));"
        ),
        ("key", "d.d_e_f_fkey"),
        ("left out", f"{NOBODY}key d.d_e_f_fkey: "),
    ),
    (
        f"{PURE} create table public.a (b text); create unique index c on public.a (public.g(b));",
        ("index", "c"),
        ("left out", f"{NOBODY}index c: the function public.g is not known"),
    ),
    (
        f"{PURE} create table public.a (b text); create index c on public.a (public.g(b));",
        ("index", "c"),
        ("left out", "only speed: index c: the function public.g is not known"),
    ),
    (
        f"{FUNCTION} create table public.a (b text not null default public.f());",
        ("default", "a.b"),
        ("left out", "whoever writes has to give it: default of a.b: the function public.f"),
    ),
    (
        f"{FUNCTION} create table public.a (b text default public.f());",
        ("default", "a.b"),
        ("left out", "null where nobody gives it: default of a.b: the function public.f"),
    ),
    (
        f"{PURE} create table public.a (b text, c boolean generated always as (public.g(b) = b) stored);",
        ("default", "a.c"),
        ("left out", "a plain column, whoever writes computes it: generated column a.c: the function"),
    ),
    # without regard to case, which is a rule of the key and not of the check
    (
        ("create extension citext;\ncreate table public.a (b extensions.citext unique check (b <> 'root'));"),
        ("check", "a.a_b_check"),
        ("left out", f"{NOBODY}check a.a_b_check: b ignores case, which expressions"),
    ),
    (
        "create extension citext;\ncreate table public.a (b extensions.citext unique);",
        ("extension", "citext"),
        ("left out", "not in the embedded Postgres; a stand-in gave what migrations use of it most"),
    ),
    # two schemas, a table and an index, and capitals: one namespace in SQLite
    (
        "create schema app; create table app.a (b int); create view public.a as select b from app.a;",
        ("table", "app.a"),
        ("rewritten", "named app_a: public.a has the name too"),
    ),
    (
        (
            "create schema app; create table app.a (b int); create table public.c (d int);"
            "create index a on public.c (d);"
        ),
        ("index", "public.a"),
        ("rewritten", "named public_a: app.a has the name too"),
    ),
    (
        'create table public.a (b int primary key); create table public."A" (b int references public.a);',
        ("table", "public.A"),
        ("rewritten", "named public_A: public.a has the name too"),
    ),
    (
        (
            "create extension pg_trgm with schema extensions;\ncreate table public.a (b text);\n"
            "create index c on public.a using gin (b extensions.gin_trgm_ops);"
        ),
        ("index", "c"),
        ("left out", 'only speed: operator class "extensions.gin_trgm_ops" does not exist'),
    ),
    (
        "create table public.a (b int); create index concurrently c on public.a (b);",
        ("index", "c"),
        ("kept", ""),
    ),
    (
        (
            "create extension plv8;\ncreate function public.h() returns int language plv8 as 'return 1';\n"
            "revoke execute on function public.h from anon;"
        ),
        ("function", "public.h"),
        ("left out", 'language "plv8" does not exist in the embedded Postgres'),
    ),
    (
        (
            "create extension plv8; create function public.h() returns int language plv8 as 'return 1';\n"
            "revoke execute on function public.h from anon;"
        ),
        ("grant", "revoke execute on function public.h from anon"),
        ("left out", "its function is left out: could not find a function named"),
    ),
    (
        (
            "create function public.w() returns event_trigger language plpgsql as 'begin end';\n"
            "create event trigger watch on ddl_command_end execute function public.w();\n"
            "drop event trigger watch;"
        ),
        ("trigger", "watch"),
        ("left out", "an event trigger: it watches statements, not rows"),
    ),
    (
        (
            "create table public.a (b int); create trigger tell after insert on public.a for each row"
            " execute function supabase_functions.http_request('https://x.example', 'POST');"
        ),
        ("trigger", "public.a.tell"),
        ("left out", "calls supabase_functions.http_request, which has no counterpart"),
    ),
    # a body may name what is not here, and so may rows use what a project has from the start
    (
        (
            "create table public.a (b text); create function public.s(t text) returns setof public.a"
            " language sql as 'select * from public.a order by extensions.similarity(b, t) desc';\n"
            "insert into public.a select extensions.crypt('x', extensions.gen_salt('bf'));"
        ),
        ("rows", "public.a"),
        ("left out", "1 rows that the migrations insert: copy them yourself"),
    ),
    (
        (
            "begin; create table public.a (b int); commit;\n"
            "select cron.schedule('often', '* * * * *', 'select 1'); select cron.unschedule('often');"
        ),
        ("table", "public.a"),
        ("rewritten", "strict table a"),
    ),
    # as a dump begins; the next file starts anew
    (
        (
            "set check_function_bodies = false; select pg_catalog.set_config('search_path', '', false);\n"
            "create extension if not exists pg_graphql; comment on extension pg_graphql is 'x';\n"
            "create table public.a (b int); alter table only public.a replica identity full;"
        ),
        ("extension", "pg_graphql"),
        ("left out", "not in the embedded Postgres"),
    ),
    # who may listen to private channels
    (
        (
            'create policy "members" on realtime.messages for select to authenticated using (true);\n'
            "alter table realtime.messages enable row level security;"
        ),
        ("policy", 'create policy "members" on realtime.messages for select to authenticated using (true)'),
        ("left out", "realtime.messages belongs to the platform and is not here"),
    ),
    # a name that our own file uses is theirs
    (
        "create table public.schema_info (b int);",
        ("table", "public.schema_info"),
        ("rewritten", "strict table schema_info"),
    ),
    (
        "create table public.a (b int); alter publication supabase_realtime add table public.a;",
        ("publication", "public.a in supabase_realtime"),
        ("left out", "SQLite tells nobody of a change: who has to know asks"),
    ),
]
