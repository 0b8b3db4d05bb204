/** Which network addresses are anybody's to reach, and which belong to this machine, this network or nobody. */
import ipaddr from 'ipaddr.js';

const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');
/** Public by number, but each virtual machine of Azure has its platform there. */
const platforms: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * An allow-list: whatever a registry set aside (private, link-local, shared, documentation, multicast, reserved, and all
 * that carries an IPv4 address inside: mapped, 6to4, NAT64, Teredo) is no public address.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || platforms.has(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address instanceof ipaddr.IPv4 || address.match(globalUnicast);
}

export const isLoopbackAddress = (text: string): boolean =>
  ipaddr.isValid(text) && ipaddr.parse(text).range() === 'loopback';
