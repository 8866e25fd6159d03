/**
 * What the sidecar's task needs to know of `sluice.toml`: where the archive and the errors go, where the spool lies, how
 * long the end takes. The router itself validates the whole file; this reader takes what it needs and leaves the rest.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';

export interface SidecarSpec {
  readonly name: string;
  /** Bucket and prefix of the archive; the prefix has no slash at its ends and may be empty. */
  readonly archive: { readonly bucket: string; readonly prefix: string };
  /** ARN of the key that uploads ask for; unset where S3's own encryption is used. */
  readonly kmsKeyArn?: string;
  readonly tagsObjects: boolean;
  readonly errors: { readonly logGroup: string; readonly createGroup: boolean; readonly retentionDays?: number };
  readonly spoolDir: string;
  /** Seconds after SIGTERM by which the router ends. */
  readonly deadlineSeconds: number;
}

type Table = Record<string, unknown>;

/** Reads the spec of one environment: `[env.NAME]` is laid over the rest, as the router does it. */
export function readSpec(path: string, env: string): SidecarSpec {
  return resolveSpec(parse(readFileSync(path, 'utf8')) as Table, env, path);
}

export function resolveSpec(spec: Table, env: string, path = 'sluice.toml'): SidecarSpec {
  const { env: overlays, ...base } = spec;
  const merged = overlay(base, table(table(overlays)[env]));
  const archive = table(merged['archive']);
  const errors = table(merged['errors']);
  const name = text(merged['name']);
  if (name === undefined) throw new Error(`${path}: name is missing`);
  return {
    name,
    archive: archiveOf(text(archive['url']), path, env),
    kmsKeyArn: keyOf(archive, path),
    tagsObjects: Object.keys(table(archive['tags'])).length > 0,
    errors: {
      logGroup: text(errors['log_group']) ?? `/sluice/${env}/${name}`,
      createGroup: errors['create_group'] !== false,
      retentionDays: typeof errors['retention_days'] === 'number' ? errors['retention_days'] : undefined,
    },
    spoolDir: text(table(merged['spool'])['dir']) ?? '/var/lib/log-router',
    deadlineSeconds: seconds(text(table(merged['shutdown'])['deadline']) ?? '25s', path),
  };
}

/** Tables merge key by key; everything else replaces. */
function overlay(base: Table, above: Table): Table {
  const merged: Table = { ...base };
  for (const [key, value] of Object.entries(above)) {
    merged[key] = isTable(value) && isTable(base[key]) ? overlay(base[key], value) : value;
  }
  return merged;
}

function archiveOf(url: string | undefined, path: string, env: string): SidecarSpec['archive'] {
  const match = /^s3:\/\/([a-z0-9.-]+)(?:\/(.*))?$/.exec(url ?? '');
  if (!match?.[1]) {
    throw new Error(
      `${path}: archive.url is ${url ?? 'not set'} in the environment ${env}; a task of ECS needs s3://BUCKET/PREFIX, ` +
        'since its disk goes with it',
    );
  }
  return { bucket: match[1], prefix: (match[2] ?? '').replace(/^\/+|\/+$/g, '') };
}

function keyOf(archive: Table, path: string): string | undefined {
  if (archive['sse'] !== 'kms') return undefined;
  const key = text(archive['kms_key']);
  if (!key?.startsWith('arn:')) {
    throw new Error(`${path}: archive.kms_key must be the key's ARN; a policy cannot name a key by id or alias`);
  }
  return key;
}

function seconds(span: string, path: string): number {
  const match = /^(\d+)\s*(ms|s|m|h)$/.exec(span);
  if (!match) throw new Error(`${path}: shutdown.deadline is ${span}; write it like "25s"`);
  return Math.ceil(Number(match[1]) * { ms: 0.001, s: 1, m: 60, h: 3600 }[match[2] as 'ms' | 's' | 'm' | 'h']);
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function table(value: unknown): Table {
  return isTable(value) ? value : {};
}

/** A text; "off" unsets a setting. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== 'off' ? value : undefined;
}
