import { isIP } from 'node:net';

/** Why an address is not on the public internet. */
export type PrivateRange =
  | 'unspecified'
  | 'loopback'
  | 'private'
  | 'link_local'
  | 'carrier_nat'
  | 'metadata'
  | 'unique_local'
  | 'multicast'
  | 'reserved'
  | 'unreadable';

/** [first address, prefix bits, range]; the first match decides. IANA special-purpose registry, 2026-05. */
const IPV4_RANGES: readonly (readonly [string, number, PrivateRange])[] = [
  ['169.254.169.254', 32, 'metadata'],
  ['169.254.170.2', 32, 'metadata'],
  ['100.100.100.200', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['0.0.0.0', 8, 'unspecified'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier_nat'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link_local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

const ipv4Table = IPV4_RANGES.map(([first, bits, range]) => ({
  network: ipv4Number(first) >>> (32 - bits),
  shift: 32 - bits,
  range,
}));

function ipv4Number(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function classifyIpv4(value: number): PrivateRange | null {
  const found = ipv4Table.find(({ network, shift }) => value >>> shift === network);
  return found ? found.range : null;
}

/** The eight 16-bit groups of an IPv6 address that `isIP` has accepted; a zone id is left out. */
function ipv6Groups(text: string): number[] {
  let address = text.split('%', 1)[0] ?? '';
  const dotted = /[^:]*\.[^:]*$/.exec(address)?.[0];
  if (dotted !== undefined) {
    const value = ipv4Number(dotted);
    const high = Math.floor(value / 65536).toString(16);
    address = `${address.slice(0, -dotted.length)}${high}:${(value % 65536).toString(16)}`;
  }
  const [head = '', tail] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].map((group) => parseInt(group, 16));
}

function classifyIpv6(text: string): PrivateRange | null {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = ipv6Groups(text);
  const lastIpv4 = g * 65536 + h;
  if ((a | b | c | d | e) === 0) {
    if (f === 0 && g === 0 && h === 0) return 'unspecified';
    if (f === 0 && g === 0 && h === 1) return 'loopback';
    // IPv4-mapped ::ffff:0:0/96, and the old IPv4-compatible ::/96: what they carry decides.
    if (f === 0xffff) return classifyIpv4(lastIpv4);
    return classifyIpv4(lastIpv4) ?? 'reserved';
  }
  if (a === 0 && b === 0 && c === 0 && d === 0 && e === 0xffff && f === 0) return classifyIpv4(lastIpv4);
  // NAT64: 64:ff9b::/96 carries an IPv4 address; 64:ff9b:1::/48 is for local use (RFC 8215).
  if (a === 0x64 && b === 0xff9b) {
    return (c | d | e | f) === 0 ? classifyIpv4(lastIpv4) : 'private';
  }
  // 6to4 carries its IPv4 address after 2002; Teredo (2001::/32) tunnels to hosts that we cannot judge.
  if (a === 0x2002) return classifyIpv4(b * 65536 + c);
  if (a === 0x2001 && b === 0) return 'reserved';
  if (a === 0x2001 && b < 0x200) return 'reserved';
  if (a === 0x2001 && b === 0xdb8) return 'reserved';
  if (a === 0x3fff && b < 0x1000) return 'reserved';
  if (a === 0x100 && (b | c) === 0) return 'reserved';
  if (a === 0xfd00 && b === 0xec2) return 'metadata';
  if ((a & 0xfe00) === 0xfc00) return 'unique_local';
  if ((a & 0xffc0) === 0xfe80) return 'link_local';
  if ((a & 0xffc0) === 0xfec0) return 'private';
  if ((a & 0xff00) === 0xff00) return 'multicast';
  // All of the public internet is in 2000::/3.
  return (a & 0xe000) === 0x2000 ? null : 'reserved';
}

/**
 * The range that keeps an address off the public internet, or null when it is public. Forms that
 * carry an IPv4 address (mapped, compatible, translated, NAT64, 6to4) are judged by what they carry.
 */
export function classifyAddress(address: string): PrivateRange | null {
  const family = isIP(address);
  if (family === 4) return classifyIpv4(ipv4Number(address));
  if (family === 6) return classifyIpv6(address);
  return 'unreadable';
}

/**
 * The same for the host of a parsed URL when it is an address literal, null for a name. WHATWG URL
 * parsing has turned the odd forms of IPv4 (`0x7f.1`, `2130706433`, `0177.0.0.1`) into four decimals.
 */
export function classifyUrlHost(hostname: string): PrivateRange | null {
  const bare = hostname.startsWith('[') && hostname.endsWith(']') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? null : classifyAddress(bare);
}
