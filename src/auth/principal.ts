import { type TeamScope } from '../common/tenancy/team-scope';

export const ROLES = ['admin', 'member', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** What a route asks for: `read` reports and lists, `use` models, `manage` the team, `platform` all teams. */
export type Access = 'public' | 'read' | 'use' | 'manage' | 'platform';

/** Who acts, and for which team. */
export interface Principal {
  readonly scope: TeamScope;
  readonly role: Role;
  /** The platform's administrator, who may act for every team. */
  readonly platform: boolean;
  /** Null for the admin key, which is no team's. */
  readonly apiKeyId: string | null;
  readonly apiKeyName: string | null;
  /** Names or ids; null for all. */
  readonly allowedModels: readonly string[] | null;
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
}

const GRANTS: Readonly<Record<Role, ReadonlySet<Access>>> = {
  viewer: new Set<Access>(['public', 'read']),
  member: new Set<Access>(['public', 'read', 'use']),
  admin: new Set<Access>(['public', 'read', 'use', 'manage']),
};

export function mayAccess(principal: Principal, access: Access): boolean {
  return principal.platform || GRANTS[principal.role].has(access);
}
