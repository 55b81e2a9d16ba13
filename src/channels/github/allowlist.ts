/** Whether `owner/repo` is in the list: by name in any case, by `owner/*` or by `*`. An empty list allows nothing. */
export function isRepoAllowed(repo: string, allowed: readonly string[]): boolean {
  const name = repo.toLowerCase();
  const [owner = ''] = name.split('/');
  return allowed.some((entry) => [name, `${owner}/*`, '*'].includes(entry.trim().toLowerCase()));
}

/** Whether an author of that association is heard. One that GitHub does not name is nobody's. */
export function isAssociationAllowed(association: string, allowed: readonly string[]): boolean {
  const wanted = (association || 'NONE').toUpperCase();
  return allowed.some((entry) => entry.trim() === '*' || entry.trim().toUpperCase() === wanted);
}
