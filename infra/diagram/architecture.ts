/**
 * Draws docs/architecture.svg: `npm run diagram`. Boxes and arrows are data; a test holds the file against this.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface Box {
  readonly id: string;
  readonly at: readonly [x: number, y: number, width: number, height: number];
  readonly title: string;
  readonly lines?: readonly string[];
  /** A frame holds other boxes: its title stands in its corner. */
  readonly kind: 'frame' | 'ours' | 'aws' | 'log';
}

const BOXES: readonly Box[] = [
  { id: 'users', at: [20, 145, 120, 76], title: 'Users', lines: ['Route 53:', 'api.example.com'], kind: 'aws' },
  { id: 'github', at: [20, 470, 120, 76], title: 'GitHub Actions', lines: ['roles by OIDC', 'digests, approval'], kind: 'ours' },
  { id: 'vpc', at: [180, 40, 610, 400], title: 'VPC, two zones, no NAT', kind: 'frame' },
  { id: 'public', at: [200, 80, 150, 340], title: 'public subnets', kind: 'frame' },
  { id: 'private', at: [370, 80, 400, 340], title: 'private subnets', kind: 'frame' },
  { id: 'alb', at: [215, 141, 120, 84], title: 'Load balancer', lines: ['443, 80 redirects', 'WAF before it'], kind: 'aws' },
  { id: 'task', at: [390, 120, 200, 200], title: 'Fargate task', kind: 'frame' },
  { id: 'app', at: [405, 155, 170, 56], title: 'Backend', lines: ['FastAPI, port 8000'], kind: 'aws' },
  { id: 'router', at: [405, 245, 170, 60], title: 'log-router', lines: ['51 CPU units, 128 MiB'], kind: 'ours' },
  { id: 'aurora', at: [625, 150, 130, 84], title: 'Aurora', lines: ['PostgreSQL: writer,', 'replicas that scale'], kind: 'aws' },
  { id: 'endpoints', at: [390, 345, 365, 56], title: 'VPC endpoints', lines: ['S3 · ECR API, Docker · Secrets Manager · Logs'], kind: 'aws' },
  { id: 'ecr', at: [180, 470, 160, 76], title: 'ECR', lines: ['api, log-router:', 'ten images, by digest'], kind: 'aws' },
  { id: 'bucket', at: [400, 470, 190, 76], title: 'Log bucket (S3)', lines: ['every record; ALB, flow logs', 'Glacier at 90 days'], kind: 'log' },
  { id: 'errors', at: [630, 470, 160, 76], title: 'CloudWatch Logs', lines: ['ERROR and above,', 'rejected flows'], kind: 'log' },
  { id: 'athena', at: [400, 590, 190, 60], title: 'Glue and Athena', lines: ['tables, packs of logq'], kind: 'log' },
  { id: 'alarms', at: [840, 470, 150, 76], title: 'Alarms', lines: ['ECS, Aurora, ALB,', 'errors; dashboards'], kind: 'log' },
  { id: 'topics', at: [840, 590, 150, 60], title: 'SNS topics', lines: ['critical, warning'], kind: 'log' },
  { id: 'spec', at: [630, 590, 160, 60], title: 'sluice.toml', lines: ['the one source of these'], kind: 'ours' },
  { id: 'guard', at: [840, 60, 150, 76], title: 'Account', lines: ['GuardDuty, Config,', 'KMS, private zone'], kind: 'aws' },
  { id: 'options', at: [840, 170, 150, 110], title: 'Opt-in', lines: ['Amplify frontend', 'Step Functions', 'EventBridge', 'archive, backups'], kind: 'aws' },
];

type Side = 'left' | 'right' | 'top' | 'bottom';
interface Arrow {
  readonly from: readonly [string, Side, number?];
  readonly to: readonly [string, Side, number?];
  readonly text?: string;
  readonly dashed?: boolean;
}

/** From and to are sides of boxes; the number moves the end along the side, from its middle. */
const ARROWS: readonly Arrow[] = [
  { from: ['users', 'right'], to: ['alb', 'left'] },
  { from: ['alb', 'right'], to: ['app', 'left'] },
  { from: ['app', 'right'], to: ['aurora', 'left', -9] },
  { from: ['app', 'bottom'], to: ['router', 'top'], text: 'lines' },
  { from: ['router', 'bottom'], to: ['endpoints', 'top', -82.5] },
  { from: ['endpoints', 'bottom', -82.5], to: ['bucket', 'top', -5], text: 'all' },
  { from: ['endpoints', 'bottom', 120], to: ['errors', 'top', -17.5], text: 'errors' },
  { from: ['github', 'right'], to: ['ecr', 'left'] },
  { from: ['bucket', 'bottom'], to: ['athena', 'top'] },
  { from: ['errors', 'right'], to: ['alarms', 'left'] },
  { from: ['alarms', 'bottom'], to: ['topics', 'top'] },
  { from: ['spec', 'left'], to: ['athena', 'right'], dashed: true },
  { from: ['spec', 'top'], to: ['errors', 'bottom'], dashed: true },
  { from: ['spec', 'right'], to: ['topics', 'left'], dashed: true },
];

const COLOURS = { frame: ['none', '#8a94a6'], ours: ['#dff0e3', '#2f7d4f'], aws: ['#e8eefb', '#3b5b9a'], log: ['#fdf0dc', '#a8691a'] } as const;
const escape = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function drawBox({ at: [x, y, width, height], title, lines = [], kind }: Box): string {
  const [fill, stroke] = COLOURS[kind];
  const rectangle = `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="${fill}" stroke="${stroke}"${kind === 'frame' ? ' stroke-dasharray="5 4"' : ''}/>`;
  if (kind === 'frame') return `${rectangle}<text x="${x + 10}" y="${y + 20}" class="frame">${escape(title)}</text>`;
  const middle = x + width / 2;
  const top = y + height / 2 - (lines.length * 15) / 2 + 5;
  const text = [`<text x="${middle}" y="${top}" class="title">${escape(title)}</text>`];
  lines.forEach((line, index) => text.push(`<text x="${middle}" y="${top + 16 + index * 15}" class="line">${escape(line)}</text>`));
  return rectangle + text.join('');
}

function point([id, side, shift = 0]: Arrow['from']): [number, number] {
  const box = BOXES.find((each) => each.id === id);
  if (box === undefined) throw new Error(`no box ${id}`);
  const [x, y, width, height] = box.at;
  if (side === 'left' || side === 'right') return [side === 'left' ? x : x + width, y + height / 2 + shift];
  return [x + width / 2 + shift, side === 'top' ? y : y + height];
}

function drawArrow({ from, to, text, dashed }: Arrow): string {
  const [x1, y1] = point(from);
  const [x2, y2] = point(to);
  const line = `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="arrow"${dashed ? ' stroke-dasharray="4 4"' : ''} marker-end="url(#head)"/>`;
  return text === undefined ? line : `${line}<text x="${(x1 + x2) / 2 + 8}" y="${y2 - 12}" class="note">${escape(text)}</text>`;
}

export function draw(): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1010 680" width="1010" height="680" font-family="Helvetica, Arial, sans-serif">
<title>Sluice on AWS</title>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L10 5L0 10z" fill="#444"/></marker></defs>
<style>text{fill:#1d2430}.title{font-size:14px;font-weight:bold;text-anchor:middle}.line{font-size:11px;text-anchor:middle}.frame{font-size:12px;fill:#5a6475}.note{font-size:11px}.arrow{stroke:#444;stroke-width:1.4}</style>
<rect width="1010" height="680" fill="#fff"/>
${[...BOXES.map(drawBox), ...ARROWS.map(drawArrow)].join('\n')}
</svg>
`;
}

export const FILE = fileURLToPath(new URL('../../docs/architecture.svg', import.meta.url));

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, draw());
