/** A program that the agent's shell may find useful. */
export interface KnownTool {
  name: string;
  category: 'VersionControl' | 'Language' | 'PackageManager' | 'Container' | 'Build' | 'Cloud';
  /** What prints its version; `--version` when left out. */
  arguments?: readonly string[];
}

export const KNOWN_TOOLS: readonly KnownTool[] = [
  { name: 'git', category: 'VersionControl' },
  { name: 'python', category: 'Language' },
  { name: 'python3', category: 'Language' },
  { name: 'node', category: 'Language' },
  { name: 'npm', category: 'PackageManager' },
  { name: 'pip', category: 'PackageManager' },
  { name: 'pip3', category: 'PackageManager' },
  { name: 'docker', category: 'Container' },
  { name: 'cargo', category: 'Build' },
  { name: 'make', category: 'Build' },
  // Without `--client` it asks the cluster.
  { name: 'kubectl', category: 'Cloud', arguments: ['version', '--client'] },
  { name: 'rustc', category: 'Language' },
];
