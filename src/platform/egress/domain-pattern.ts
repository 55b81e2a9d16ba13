/** A host as lists name it: lower case, without the root's dots. */
export function plainHost(hostname: string): string {
  return hostname.toLowerCase().replace(/\.+$/, '');
}

/**
 * True when a list names the host: `example.com` stands for itself and everything below it, `*.example.com` only for what is below,
 * `*` for every host. Unicode names are compared in their ASCII form; an address matches only itself.
 */
export function matchesDomain(host: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const wanted = asciiPattern(pattern);
    if (wanted === '*') return true;
    if (wanted.startsWith('*.')) return host.endsWith(wanted.slice(1));
    return host === wanted || (wanted !== '' && !isAddress(host) && host.endsWith(`.${wanted}`));
  });
}

function asciiPattern(pattern: string): string {
  const text = plainHost(pattern.trim());
  const [prefix, name] = text.startsWith('*.') ? ['*.', text.slice(2)] : ['', text];
  return name === '*' || !/[^\x20-\x7e]/.test(name) ? text : prefix + (URL.parse(`http://${name}`)?.hostname ?? name);
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^[\d.]+$/.test(host);
}
