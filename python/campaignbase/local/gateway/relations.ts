/**
 * Embedded rows of REST, where @supabase/lite finds another relationship than PostgREST: it takes a foreign key of
 * several columns named as a hint by its first column alone, which here is the workspace, and tables for junctions
 * whose primary key does not hold both foreign keys. So each embed is given the hint that it reads right.
 */

/** A foreign key. */
export interface Key {
  name: string;
  table: string;
  refTable: string;
  /** Its column that refers to a primary key of one column, and so tells the row without the others. */
  column?: string;
}

/** What introspection tells of them: a row for each of their columns. */
export interface KeyColumn {
  foreign_key_name: string;
  table: string;
  column: string;
  ref_table: string;
  ref_column: string;
}

export interface PrimaryKey {
  table: string;
  columns: string[];
}

export function keysOf(columns: readonly KeyColumn[], primary: readonly PrimaryKey[]): Key[] {
  const keys = new Map<string, Key>();
  for (const { foreign_key_name: name, table, column, ref_table: refTable, ref_column } of columns) {
    const key = keys.get(`${table}.${name}`) ?? { name, table, refTable };
    keys.set(`${table}.${name}`, key);
    const told = primary.find((one) => one.table === refTable)?.columns;
    if (told?.length === 1 && told[0] === ref_column) key.column = column;
  }
  return [...keys.values()];
}

/** `...alias:target!hint!inner(columns)`; what is no embed does not match. */
const EMBED = /^(\.\.\.)?(?:([^:().!]+):)?([^:().!]+)((?:![^!()]+)*)\((.*)\)$/s;
const JOINS = ["inner", "left"];

/** The select of a table's rows, its embeds with hints that leave no choice; what is ambiguous or unknown stays. */
export function related(select: string, table: string, keys: readonly Key[]): string {
  return items(select).map((item) => {
    const [, spread = "", alias, target = "", hints = "", inner = ""] = EMBED.exec(item) ?? [];
    if (target === "") return item;
    const given = hints.split("!").slice(1);
    const joins = given.filter((hint) => JOINS.includes(hint));
    const [key, ...others] = candidates(table, target, given.filter((hint) => !JOINS.includes(hint)), keys);
    if (key === undefined || others.length > 0) {
      return `${item.slice(0, -inner.length - 2)}(${related(inner, target, keys)})`;
    }
    const embedded = key.table === table ? key.refTable : key.table;
    const name = alias ?? (target === embedded ? undefined : target);
    const label = spread !== "" || name === undefined ? "" : `${name}:`;
    // under its own name a table and that column are the row that this one refers to
    const isHinted = key.column !== undefined && (key.table !== key.refTable || name !== undefined);
    const all = [...(isHinted ? [key.column] : []), ...joins].map((hint) => `!${hint}`).join("");
    return `${spread}${label}${embedded}${all}(${related(inner, embedded, keys)})`;
  }).join(",");
}

/**
 * Keys between the two, by PostgREST's rules. Of a table and itself only one that is named, which means the rows that
 * refer to this one; else the direction is in what stays as it is.
 */
function candidates(table: string, target: string, hints: string[], keys: readonly Key[]): Key[] {
  return keys.filter((key) => {
    const isNamed = target === key.name || hints.includes(key.name);
    if ((key.table === key.refTable && !isNamed) || (key.table !== table && key.refTable !== table)) {
      return false;
    }
    const embedded = key.table === table ? key.refTable : key.table;
    return (target === embedded || target === key.name) && hints.every((hint) => hint === key.name);
  });
}

/** What stands between the commas that are in no parentheses and no quotes. */
function items(select: string): string[] {
  const found = [""];
  let depth = 0, isQuoted = false;
  for (const letter of select) {
    if (letter === '"') isQuoted = !isQuoted;
    if (!isQuoted) depth += letter === "(" ? 1 : letter === ")" ? -1 : 0;
    if (letter === "," && depth === 0 && !isQuoted) found.push("");
    else found[found.length - 1] += letter;
  }
  return found;
}
