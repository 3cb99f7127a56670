/** What people and programs may be. `viewer` < `operator` < `admin`; an `auditor` reads the audit log and nothing else. */
export const roles = ['viewer', 'operator', 'admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

/**
 * Who may use a route: `public` everyone; `signed-in` every role, which serves the session itself only; `viewer-or-local` viewers and a direct
 * connection from this very machine; else the least role, of which `auditor` is shared by auditors and admins only.
 */
export const routeRoles = ['public', 'viewer-or-local', 'signed-in', 'viewer', 'operator', 'admin', 'auditor'] as const;
export type RouteRole = (typeof routeRoles)[number];

const allowed: Readonly<Record<RouteRole, readonly Role[]>> = {
  public: roles,
  'viewer-or-local': ['viewer', 'operator', 'admin'],
  'signed-in': roles,
  viewer: ['viewer', 'operator', 'admin'],
  operator: ['operator', 'admin'],
  admin: ['admin'],
  auditor: ['auditor', 'admin'],
};

/** True when a person or program of this role may use a route that asks for `needed`. */
export function roleAllows(role: Role, needed: RouteRole): boolean {
  return allowed[needed].includes(role);
}

/** True when `text` is a role. */
export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
