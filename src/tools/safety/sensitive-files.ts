const NAMES = new Set(
  (
    '.env .envrc .secret_key .npmrc .pypirc .netrc .git-credentials .pgpass .htpasswd credentials credentials.json ' +
    'auth-profiles.json id_rsa id_dsa id_ecdsa id_ed25519'
  ).split(' '),
);
const PREFIX = '.env.';
const SUFFIXES = ['.pem', '.key', '.p12', '.pfx', '.ovpn', '.kubeconfig', '.netrc'];
const FOLDERS = new Set(['.ssh', '.aws', '.gnupg', '.kube', '.docker', '.azure', '.secrets']);

/** Whether a file or folder of this name usually holds secrets. Upper and lower case are one, as on some file systems. */
export function isSensitiveName(name: string): boolean {
  const plain = name.toLowerCase();
  return (
    FOLDERS.has(plain) ||
    NAMES.has(plain) ||
    plain.startsWith(PREFIX) ||
    SUFFIXES.some((suffix) => plain.endsWith(suffix))
  );
}
