/** Which addresses a name may lead to; the same blocks as campaignbase.core.webhook_url. */

type Block = [first: bigint, bits: number];

// What is not a host of the public internet (IANA's special-purpose registries, multicast, and the forms that
// carry one address inside another).
const CLOSED_4 = blocks(
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 " +
    "192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 " +
    "198.51.100.0/24 203.0.113.0/24 224.0.0.0/3",
);
const OPEN_6 = blocks("2000::/3"); // the only part of IPv6 whose addresses are given to hosts
const CLOSED_6 = blocks("2001::/23 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20");

/** Is this the address of a host on the public internet? What cannot be read is not. */
export function isPublicAddress(text: string): boolean {
  const four = number4(text);
  if (four !== null) return !within(four, CLOSED_4, 32);
  const six = number6(text);
  return six !== null && within(six, OPEN_6, 128) && !within(six, CLOSED_6, 128);
}

function within(address: bigint, listed: Block[], width: number): boolean {
  return listed.some(([first, bits]) => address >> BigInt(width - bits) === first >> BigInt(width - bits));
}

function blocks(listed: string): Block[] {
  return listed.split(" ").map((block) => {
    const [first = "", bits] = block.split("/");
    return [(number4(first) ?? number6(first))!, Number(bits)];
  });
}

function number4(text: string): bigint | null {
  const parts = text.split(".");
  if (
    parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)
  ) {
    return null;
  }
  return parts.reduce((sum, part) => sum << 8n | BigInt(part), 0n);
}

function number6(text: string): bigint | null {
  let groups = text;
  if (text.includes(".")) {
    const last = text.lastIndexOf(":") + 1;
    const four = number4(text.slice(last));
    if (four === null) return null;
    groups = `${text.slice(0, last)}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  }
  const halves = groups.split("::");
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => half === "" ? [] : half.split(":"));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...head, ...Array(halves.length === 2 ? missing : 0).fill("0"), ...tail];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return all.reduce((sum, group) => sum << 16n | BigInt(`0x${group}`), 0n);
}
