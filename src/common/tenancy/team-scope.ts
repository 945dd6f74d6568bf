declare const proof: unique symbol;

/**
 * Proof of acting for a team. Only the guard (from a credential) and jobs make one, through
 * `grantTeamScope`; a bare `{ teamId }` does not compile where a scope is asked for.
 */
export interface TeamScope {
  readonly teamId: string;
  readonly [proof]: true;
}

/** Grants the scope of a team. Called where a credential or a job's own row has proved the team. */
export function grantTeamScope(teamId: string): TeamScope {
  return Object.freeze({ teamId }) as TeamScope;
}
